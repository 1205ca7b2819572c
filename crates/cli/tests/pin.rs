//! `varco pin` by its exit codes, its JSON and its words, on cards of the program's own process.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use program::{Ran, run};
use serde_json::{Value, json};

const CSCA: &[&str] = &["--csca-test", "fixtures/pki/csca.der"];

fn pin(command: &str, profile: &str, options: &[&str], input: &str) -> Ran {
    let reader = format!("played:{profile}");
    let mut arguments = vec!["pin", command, "--json", "--reader", &reader];
    if command != "status" {
        arguments.push("--pin-stdin");
    }
    arguments.extend(options);
    run(&arguments, input)
}

#[test]
fn the_status_tells_both_counters_with_their_maximum_or_that_they_are_unknown() {
    let told = pin("status", "cns-st", &[], "").json();
    assert_eq!(
        told["pins"],
        json!([{
            "id": "user",
            "pin": { "tries_left": 3, "tries_max": 3 },
            "puk": { "tries_left": 10, "tries_max": null },
            "change": "one-command",
            "unblock": "one-command",
        }])
    );
    assert_eq!(told["card"]["issued_by"], "Regione Esempio");
    let told = pin("status", "cns-athena", &[], "").json();
    assert_eq!(
        told["pins"][0]["pin"],
        json!({ "tries_left": null, "tries_max": 3 })
    );
    assert_eq!(told["pins"][0]["puk"]["tries_left"], Value::Null);
    let told = pin("status", "cie-nxp", &[], "").json();
    assert_eq!(
        told["pins"][0]["puk"],
        json!({ "tries_left": 10, "tries_max": 10 })
    );
    let told = pin("status", "cns-blocked", &[], "").json();
    assert_eq!(told["pins"][0]["pin"]["tries_left"], 0);
}

#[test]
fn a_card_with_a_signature_pin_tells_and_changes_that_too() {
    let makers = &["--profiles", "fixtures/makers"];
    let told = pin("status", "cns-digest-info", makers, "").json();
    let ids: Vec<&Value> = told["pins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pin| &pin["id"])
        .collect();
    assert_eq!(ids, ["user", "signature"]);
    let options = &["--profiles", "fixtures/makers", "--signature-pin"];
    let ran = pin("change", "cns-digest-info", options, "7654321\n24680\n");
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    assert_eq!(told["counters"]["id"], "signature");
    let ran = pin("unblock", "cns-digest-info", options, "87651234\n24680\n");
    assert_eq!((ran.exit, &ran.json()["changed"]), (0, &json!(true)));
    let ran = pin("unblock", "cns-digest-info", options, "11112222\n24680\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (20, "puk-wrong"));
    assert_eq!(
        ran.json()["counters"]["puk"]["tries_left"],
        2,
        "one try, in two steps"
    );
    // A card without is told apart from a wrong code.
    let ran = pin("change", "cns-st", &["--signature-pin"], "7654321\n24680\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (37, "card-secret-absent"));
}

#[test]
fn a_script_gives_one_secret_a_line() {
    for (input, exit, code) in [
        ("12345\n24680\n", 0, ""),
        ("12345\r\n24680", 0, ""),
        ("12345\n24680\nthe rest\n", 0, ""),
        ("54321\n24680\n", 20, "pin-wrong"),
        ("", 23, "pin-wrong-form"),
        ("\n24680\n", 23, "pin-wrong-form"),
        ("12345", 64, "entry-unavailable"),
        ("12345\n\n", 23, "new-pin-wrong-form"),
        ("12 345\n24680\n", 23, "pin-wrong-form"),
        (" 12345\n24680\n", 23, "pin-wrong-form"),
        ("12345 \n24680\n", 23, "pin-wrong-form"),
        ("12345\n24 680\n", 23, "new-pin-wrong-form"),
        ("12345678901234567890\n24680\n", 23, "pin-wrong-form"),
        ("12345\n11111\n", 23, "new-pin-uniform"),
        ("12345\n54321\n", 23, "new-pin-run"),
    ] {
        let ran = pin("change", "cns-st", &[], input);
        assert_eq!((ran.exit, ran.error_code().as_str()), (exit, code), "{input:?}");
        let told = ran.json();
        assert_eq!(told["changed"], exit == 0, "{input:?}");
        assert_eq!(told["sent"], exit == 0 || exit == 20, "{input:?}");
    }
}

#[test]
fn a_blocked_pin_is_unblocked_and_an_identity_card_is_asked_who_it_is_first() {
    let ran = pin("unblock", "cns-blocked", &[], "12345678\n24680\n");
    assert_eq!(ran.exit, 0, "{}", ran.out);
    assert_eq!(ran.json()["counters"]["pin"]["tries_left"], 3);
    let ran = pin("unblock", "cns-blocked", &[], "11111111\n24680\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (20, "puk-wrong"));
    assert_eq!(ran.json()["counters"]["puk"]["tries_left"], 9);
    let ran = pin("change", "cns-blocked", &[], "12345\n24680\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (21, "pin-blocked"));
    assert_eq!(ran.json()["sent"], false);

    let ran = pin("change", "cie-nxp", &[], "12345678\n24681357\n");
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (48, "country-signers-missing")
    );
    let ran = pin("change", "cie-nxp", CSCA, "12345678\n24681357\n");
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let ran = pin("unblock", "cie-nxp", CSCA, "87654321\n24681357\n");
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let ran = pin("unblock", "cie-blocked", CSCA, "87654321\n24681357\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (24, "puk-blocked"));
    let ran = pin("change", "cie-nxp", CSCA, "1234\n24681357\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (23, "pin-wrong-form"));
}

#[test]
fn the_last_try_is_spent_only_where_that_was_said() {
    let ran = pin("change", "cns-last-try", &[], "12345\n24680\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (22, "pin-last-try"));
    let ran = pin("change", "cns-last-try", &["--allow-last-try"], "12345\n24680\n");
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let options = &["--require-known-tries"];
    let ran = pin("unblock", "cns-athena", options, "12345678\n24680\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (22, "puk-tries-unknown"));
}

#[test]
fn a_token_whose_pin_lives_twice_is_not_changed_by_halves() {
    let ran = pin("change", "cns-chipdoc", &[], "12345\n24680\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (37, "card-unsupported"));
    assert_eq!(ran.json()["sent"], false);
}

#[test]
fn no_option_takes_a_code_and_what_was_given_is_not_repeated() {
    for arguments in [
        &["pin", "change", "--pin", "13975"][..],
        &["pin", "change", "13975"],
        &["pin", "unblock", "--puk=13975"],
        &["pin", "change", "--entry", "13975"],
    ] {
        let ran = run(arguments, "");
        assert_eq!(ran.exit, 64, "{arguments:?}");
        assert!(
            !ran.err.contains("13975") && !ran.out.contains("13975"),
            "{arguments:?}"
        );
    }
}

#[test]
fn the_words_say_what_to_do_and_who_helps() {
    let said = |profile: &str, command: &str, options: &[&str], input: &str| {
        let reader = format!("played:{profile}");
        let mut arguments = vec!["pin", command, "--lang", "it", "--reader", &reader];
        if command != "status" {
            arguments.push("--pin-stdin");
        }
        arguments.extend(options);
        let ran = run(&arguments, input);
        format!("{}{}", ran.out, ran.err)
    };
    let cns = said("cns-st", "change", &[], "54321\n24680\n");
    assert!(cns.contains("Il PIN non è giusto. Restano 2 tentativi."), "{cns}");
    assert!(cns.contains("(Regione Esempio)"), "who issued this one: {cns}");
    let cie = said("cie-nxp", "unblock", CSCA, "11112222\n24681357\n");
    assert!(cie.contains("Il PUK non è giusto. Restano 9 tentativi."), "{cie}");
    assert!(cie.contains("del Comune che ha rilasciato la carta"), "{cie}");
    let blocked = said("cns-blocked", "status", &[], "");
    assert!(
        blocked.contains("bloccato: non resta nessun tentativo"),
        "{blocked}"
    );
    assert!(blocked.contains("varco pin unblock"), "{blocked}");
    let done = said("cns-blocked", "unblock", &[], "12345678\n24680\n");
    assert!(done.contains("Il PIN è sbloccato."), "{done}");
}
