//! `varco policy explain`.

use crate::program::run;
use crate::*;

#[test]
fn rules_are_explained_all_of_a_service_or_one() {
    let all = run(&["policy", "explain", "--json"], "").json();
    let all = all["rules"].as_array().unwrap();
    assert_eq!(all.len(), 41);
    assert!(
        all.iter()
            .all(|rule| rule["source"] != "" && rule["cedar"].is_null())
    );
    let about = run(&["policy", "explain", "inps.isee", "--json"], "").json();
    let about: Vec<&str> = about["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert!(about.contains(&"permit-professional-substantial") && about.contains(&"forbid-nis"));
    assert!(!about.contains(&"permit-consultation-substantial"), "{about:?}");
    let one = run(&["policy", "explain", "forbid-nis", "--json"], "").json();
    assert_eq!(one["rules"][0]["effect"], "deny");
    assert_eq!(one["rules"][0]["file"], "credentials.cedar");
    assert!(
        one["rules"][0]["cedar"]
            .as_str()
            .unwrap()
            .contains("Credential::\"nis\"")
    );
    let ran = run(&["policy", "explain", "forbid-nis", "--lang", "it"], "");
    assert!(
        ran.out
            .starts_with("forbid-nis  Il numero letto dalla CIE senza PIN"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("credentials.cedar") && ran.out.contains("\nforbid (principal"),
        "{}",
        ran.out
    );
    let ran = run(&["policy", "explain"], "");
    assert_eq!((ran.exit, ran.out.lines().count()), (0, 41));
}

#[test]
fn an_operators_rule_is_explained_and_what_is_none_is_not() {
    let folder = operator();
    let policy = ["--policy", text_of(folder.path())];
    let one = run(
        &[&["policy", "explain", "comune-anagrafe", "--json"], &policy[..]].concat(),
        "",
    )
    .json();
    assert_eq!(one["rules"][0]["origin"], "operator");
    assert_eq!(one["rules"][0]["source"], "council, act 12");
    let about = run(
        &[&["policy", "explain", "comune.anagrafe"], &policy[..]].concat(),
        "",
    );
    assert!(
        about.out.contains("comune-anagrafe  Rule of the town."),
        "{}",
        about.out
    );
    for id in ["comune-anagrafe", "comune.anagrafe", "No such", ""] {
        let ran = run(&["policy", "explain", "--json", "--", id], "");
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (64, "policy-rule-unknown"),
            "{id}"
        );
    }
}
