//! `varco policy test`.

use serde_json::{Value, json};

use crate::program::{Ran, run};
use crate::*;

#[test]
fn the_projects_corpus_is_answered_as_it_says() {
    let ran = run(&["policy", "test", "fixtures/policy", "--json"], "");
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    assert!(told["cases"].as_u64().unwrap() > 400 && told["failed"] == json!([]) && told["error"].is_null());
    let rules = told["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 41);
    for rule in rules {
        assert!(
            rule["permits"].as_u64() > Some(0) && rule["denies"].as_u64() > Some(0),
            "{rule}"
        );
    }
    let ran = run(&["policy", "test", "fixtures/policy"], "");
    assert_eq!((ran.exit, ran.out.lines().count(), ran.err.as_str()), (0, 42, ""));
    assert!(ran.out.contains("\nforbid-nis: "), "{}", ran.out);
    assert!(ran.out.ends_with("Answered otherwise: 0.\n"), "{}", ran.out);
}

/// Cases about an operator's rules: each has one that permits and one that denies.
fn own_cases() -> Vec<Value> {
    let lines = "\
cie comune.anagrafe comune-anagrafe permit comune-anagrafe permit-operator-rule
cns comune.anagrafe comune-anagrafe deny default-deny deny-not-permitted advice-log-in
cns inps.cedolino comune-niente-cedolini deny comune-niente-cedolini deny-operator-rule
cns inps.estratto-conto comune-niente-cedolini permit permit-consultation-substantial permit-level";
    let case = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        json!({
            "name": format!("{} wants {}", words[0], words[1]),
            "about": [words[2]],
            "service": words[1],
            "at": "2026-11-21T09:00:00Z",
            "identity": { "kind": words[0] },
            "expect": { "effect": words[3], "policies": [words[4]], "reasons": [words[5]], "advice": words[6..] },
        })
    };
    lines.lines().map(case).collect()
}

/// `policy test` of these cases under the operator's rules.
fn tested(cases: &[Value]) -> (Ran, Ran) {
    let (operator, text) = (
        operator(),
        json!({ "about": "the town", "cases": cases }).to_string(),
    );
    let (folder, _) = with_file("town.json", &text);
    let arguments = [
        "policy",
        "test",
        text_of(folder.path()),
        "--policy",
        text_of(operator.path()),
    ];
    (
        run(&[&arguments[..], &["--json"]].concat(), ""),
        run(&arguments, ""),
    )
}

#[test]
fn an_operators_corpus_is_about_his_own_rules() {
    let (json, text) = tested(&own_cases());
    assert_eq!((json.exit, text.exit), (0, 0), "{}", json.out);
    let rules = json!([
        { "id": "comune-anagrafe", "permits": 1, "denies": 1 },
        { "id": "comune-niente-cedolini", "permits": 1, "denies": 1 },
    ]);
    assert_eq!(json.json()["rules"], rules);
}

#[test]
fn a_case_that_is_answered_otherwise_is_told_with_both_answers() {
    let mut cases = own_cases();
    cases[0]["identity"]["kind"] = json!("cie-l2");
    let (json, text) = tested(&cases);
    let told = json.json();
    assert_eq!((json.exit, text.exit), (62, 62), "{told:#}");
    assert_eq!(told["error"]["code"], "corpus-failed");
    let failed = &told["failed"][0];
    assert_eq!(failed["name"], "cie wants comune.anagrafe");
    assert!(failed["file"].as_str().unwrap().ends_with("town.json"));
    assert_eq!(failed["expected"]["effect"], "permit");
    assert_eq!(failed["answered"]["effect"], "deny");
    assert_eq!(failed["answered"]["reasons"], json!(["deny-not-permitted"]));
    assert!(
        text.out.contains("town.json: cie wants comune.anagrafe"),
        "{}",
        text.out
    );
    assert!(
        text.out.contains("\"permit\"") && text.out.contains("\"deny\""),
        "{}",
        text.out
    );
    assert!(text.out.contains("Answered otherwise: 1."), "{}", text.out);
}

#[test]
fn a_rule_without_both_kinds_of_cases_fails() {
    for missing in 0..4 {
        let mut cases = own_cases();
        cases.remove(missing);
        let (json, text) = tested(&cases);
        assert_eq!((json.exit, text.exit), (62, 62), "{missing}: {}", json.out);
        assert_eq!(json.json()["failed"], json!([]));
        assert_eq!(json.json()["error"]["code"], "corpus-failed");
        assert!(text.err.contains("lacks a case"), "{}", text.err);
    }
}

#[test]
fn a_file_that_holds_no_cases_is_told_with_what_is_wrong() {
    let mut unknown_field = own_cases();
    unknown_field[0]["colour"] = json!("blue");
    let mut unknown_rule = own_cases();
    unknown_rule[0]["about"] = json!(["no-such-rule"]);
    let mut unknown_kind = own_cases();
    unknown_kind[0]["identity"]["kind"] = json!("cpn");
    for (cases, detail) in [
        (unknown_field, "unknown field `colour`"),
        (unknown_rule, "no rule no-such-rule"),
        (unknown_kind, "case \"cie wants comune.anagrafe\""),
    ] {
        let (json, text) = tested(&cases);
        let error = &json.json()["error"];
        assert_eq!((json.exit, text.exit), (60, 60), "{error:#}");
        assert_eq!(error["code"], "corpus-malformed");
        assert!(error["detail"].as_str().unwrap().contains(detail), "{error:#}");
        assert!(text.err.contains(detail), "{}", text.err);
        assert!(
            error["message"].as_str().unwrap().contains("town.json"),
            "{error:#}"
        );
    }
}

#[test]
fn a_folder_without_cases_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(&["policy", "test", text_of(folder.path()), "--json"], "");
    assert_eq!((ran.exit, ran.error_code().as_str()), (64, "corpus-empty"));
    let ran = run(&["policy", "test", "/nonexistent", "--json"], "");
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "file-unreadable"));
    let (folder, _) = with_file("none.json", "{\"about\": \"nothing\", \"cases\": []}");
    let ran = run(&["policy", "test", text_of(folder.path()), "--json"], "");
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (62, "corpus-failed"),
        "no rule has a case"
    );
}
