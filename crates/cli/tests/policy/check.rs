//! What would be decided, and what is no question.

use serde_json::{Value, json};

use crate::program::run;
use crate::*;

#[test]
fn what_would_be_permitted_ends_with_0_and_says_that_nothing_is() {
    let ran = of("cns", FILING);
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    let decision = &told["decision"];
    assert_eq!(decision["simulated"], true);
    assert_eq!(decision["effect"], "permit");
    assert_eq!(decision["act"], "use");
    assert_eq!(decision["service"], "inps.domanda");
    assert_eq!(decision["profile"], "citizen");
    assert_eq!(decision["policies"], json!(["permit-disposition-substantial"]));
    assert_eq!(decision["reasons"][0]["code"], "permit-level");
    assert_ne!(decision["reasons"][0]["text"], "");
    assert_eq!(
        (&decision["advice"], &decision["errors"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(decision["subject"]["evidence_id"], Value::Null);
    assert_eq!(decision["acting_for"], Value::Null);
    let said = check_in("en", &[&["--credential", "cns"], FILING].concat());
    assert!(
        said.out.starts_with("Simulation: nobody logged in"),
        "{}",
        said.out
    );
}

#[test]
fn what_would_be_denied_ends_with_10_and_says_what_would_do() {
    let ran = of("spid-l1", FILING);
    assert_eq!(ran.exit, 10, "{}", ran.out);
    assert_eq!(codes(&ran, "reasons"), ["deny-assurance-too-low"]);
    assert_eq!(codes(&ran, "advice"), ["advice-log-in"]);
    assert_eq!(ran.json()["decision"]["policies"], json!(["default-deny"]));
}

#[test]
fn it_is_told_in_both_languages() {
    let options = [&["--credential", "spid-l1"], FILING].concat();
    let ran = check_in("en", &options);
    assert_eq!(ran.exit, 10);
    assert!(
        ran.out
            .contains("You may not use the service \"Filing an application\"."),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("- Log in with SPID level 2, the CIE or the CNS.")
    );
    let ran = check_in("it", &options);
    assert!(ran.out.contains("Presentazione di una domanda"), "{}", ran.out);
    assert!(ran.out.contains("SPID di livello 2"), "{}", ran.out);
    let ran = check_in("it", &[&["--credential", "cns"], READING].concat());
    assert!(
        ran.out
            .contains("permit-consultation-substantial  I propri dati si leggono"),
        "the rule's own words: {}",
        ran.out
    );
}

#[test]
fn what_cannot_be_decided_ends_with_11_and_an_error() {
    for (options, code) in [
        // Within what an instant can be, and outside of what rules compare.
        (
            &[FILING, &["--at=-000500-01-01T00:00:00Z"]].concat(),
            "error-instant-out-of-range",
        ),
        (&[FILING, &["--for", PERSON]].concat(), "error-acting-for-oneself"),
    ] {
        let ran = of("cns", options);
        assert_eq!(ran.exit, 11, "{options:?}: {}", ran.out);
        assert_eq!(ran.json()["decision"]["effect"], "deny");
        assert_eq!(codes(&ran, "errors"), [code]);
        assert!(codes(&ran, "reasons").is_empty());
    }
}

#[test]
fn a_day_is_its_midnight_in_rome() {
    for (at, exit) in [
        ("2021-09-30", 0),
        ("2021-09-30T21:59:59Z", 0),
        ("2021-09-30T23:59:59+02:00", 0),
        ("2021-10-01", 10),
        ("2021-09-30T22:00:00Z", 10),
        ("2021-10-01T00:00:00+02:00", 10),
    ] {
        let ran = of("inps-pin", &[READING, &["--at", at]].concat());
        assert_eq!(ran.exit, exit, "{at}: {}", ran.out);
    }
    let told = of("inps-pin", &[READING, &["--at", "2021-10-01"]].concat()).json();
    assert_eq!(told["decision"]["at"], "2021-09-30T22:00:00Z");
    assert_eq!(
        told["decision"]["reasons"][0]["arguments"]["last_day"],
        "2021-09-30"
    );
}

#[test]
fn a_command_that_is_not_right_is_told_as_that() {
    let filing = "--credential cns --service inps.domanda";
    for (options, code) in [
        ("--credential cns --service inps.nothing", "service-unknown"),
        ("--credential cns --service INPS", "service-id-invalid"),
        ("--credential cpn --service inps.domanda", "credential-unknown"),
        ("--credential cns", "usage"),
        ("--service inps.domanda", "usage"),
        ("--credential cns --act issue-pin --service inps.domanda", "usage"),
        ("FILING --at yesterday", "usage"),
        ("FILING --at 2026-02-30", "usage"),
        ("FILING --at 99999-01-01T00:00:00Z", "usage"),
        ("FILING --birth-date 14/3/1980", "usage"),
        ("FILING --birth-date 1980-03-14T11:00", "usage"),
        ("FILING --birth-date 1980-03-15", "birth-date-contradicts"),
        ("FILING --birth-date 1981-03-14", "birth-date-contradicts"),
        ("FILING --category minor", "facts-contradict"),
        ("FILING --category tall", "usage"),
        ("FILING --enablement inps.nothing", "service-unknown"),
        ("FILING --for BNCGLI75D52F205V", "codice-fiscale-malformed"),
        (
            "FILING --for BNCGLI75D52F205U --for-birth-date 1975-04-13",
            "birth-date-contradicts",
        ),
        ("FILING --for BNCGLI75D52F205U --delegation friend", "usage"),
        ("FILING --delegation delegate", "usage"),
    ] {
        let options = options.replace("FILING", filing);
        let options: Vec<&str> = options.split(' ').collect();
        let ran = check(&options);
        let told = (ran.exit, ran.error_code());
        assert_eq!(told, (64, code.to_owned()), "{options:?}: {}", ran.out);
    }
    for code in ["", "DMNNCL80C14H501", "DMNNCL80C14H501T", "DMNNCL80C14H501S'; --"] {
        let arguments = [
            "policy",
            "check",
            "--json",
            "--credential",
            "cns",
            "--codice-fiscale",
            code,
        ];
        let ran = run(&[&arguments[..], FILING].concat(), "");
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (64, "codice-fiscale-malformed"),
            "{code}"
        );
    }
    let known = check(&["--credential", "cpn", "--service", "inps.domanda"]).json();
    assert!(
        known["error"]["advice"].as_str().unwrap().contains("spid-l2"),
        "{known:#}"
    );
}
