//! `varco login` by its exit codes, its JSON and its words, on cards of the program's own process.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::os::unix::fs::PermissionsExt;

use program::{TRUST, login, login_with, run};
use serde_json::{Value, json};

const STATEMENT: &[&str] = &["--service", "inps.estratto-conto"];

#[test]
fn a_permitted_login_tells_who_and_why() {
    let ran = login("cns-st", STATEMENT, "12345\n");
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    assert_eq!(told["identity"]["codice_fiscale"], "DMNNCL80C14H501S");
    assert_eq!(told["identity"]["credential"]["kind"], "cns");
    assert_eq!(told["identity"]["assurance"]["level"], "substantial");
    assert_eq!(told["identity"]["assurance"]["revocation"], "good");
    assert_eq!(told["identity"]["assurance"]["test_material"], true);
    assert_eq!(told["decision"]["effect"], "permit");
    assert_eq!(told["decision"]["reasons"][0]["code"], "permit-level");
    assert_eq!(
        told["pin"],
        json!({"tries_left": 3, "puk_tries_left": null, "sent": true})
    );
    assert_eq!(told["card"]["exchanges"], 8);
    assert_eq!(told["error"], Value::Null);
    assert_eq!(ran.err, "");
}

#[test]
fn without_a_service_it_ends_with_the_identity() {
    let ran = login("cns-st-2021", &[], "12345\n");
    let told = ran.json();
    assert_eq!((ran.exit, &told["decision"]), (0, &Value::Null));
    assert!(told["identity"].is_object());
}

#[test]
fn a_denied_login_is_an_identity_and_a_no() {
    let ran = login("cns-athena", &["--service", "inps.domanda"], "12345\n");
    let told = ran.json();
    assert_eq!(ran.exit, 10, "{told:#}");
    assert_eq!(told["decision"]["effect"], "deny");
    assert_eq!(
        told["decision"]["reasons"][0]["code"],
        "deny-credential-downgraded"
    );
    assert!(told["identity"].is_object() && told["error"].is_null());
}

#[test]
fn a_downgraded_card_may_consult_and_is_marked() {
    let told = login("cns-athena", STATEMENT, "12345\n").json();
    assert_eq!(told["decision"]["effect"], "permit");
    assert_eq!(
        told["identity"]["assurance"]["downgraded"],
        json!(["rsa-1024", "sha1-signature"])
    );
}

#[test]
fn what_is_wrong_with_the_pin_has_its_code_and_costs_what_it_says() {
    for (profile, options, typed, exit, code, tries_left) in [
        ("cns-st", &[][..], "54321\n", 20, "pin-wrong", json!(2)),
        ("cns-blocked", &[], "12345\n", 21, "pin-blocked", json!(0)),
        ("cns-last-try", &[], "12345\n", 22, "pin-last-try", json!(1)),
        (
            "cns-last-try",
            &["--allow-last-try"],
            "54321\n",
            21,
            "pin-blocked",
            json!(0),
        ),
        ("cns-st", &[], "1234\n", 23, "pin-wrong-form", json!(3)),
        ("cns-st", &[], "123456789\n", 23, "pin-wrong-form", json!(3)),
        ("cns-st", &[], "12a45\n", 23, "pin-wrong-form", json!(3)),
        ("cns-st", &[], "\n", 23, "pin-wrong-form", json!(3)),
        ("cns-st", &[], "", 23, "pin-wrong-form", json!(3)),
        ("cns-st", &[], "１２３４５\n", 23, "pin-wrong-form", json!(3)),
        (
            "cns-athena",
            &["--require-known-tries"],
            "12345\n",
            22,
            "pin-tries-unknown",
            Value::Null,
        ),
    ] {
        let ran = login(profile, options, typed);
        let told = ran.json();
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (exit, code),
            "{profile} {typed:?}: {told:#}"
        );
        assert_eq!(told["pin"]["tries_left"], tries_left, "{profile} {typed:?}");
        let is_sent = matches!(exit, 20) || options.contains(&"--allow-last-try");
        assert_eq!(told["pin"]["sent"], is_sent, "{profile} {typed:?}");
        assert!(told["identity"].is_null() && told["decision"].is_null());
        assert_ne!(told["error"]["advice"], "");
    }
    let ran = login("cns-last-try", &["--allow-last-try"], "12345\n");
    assert_eq!(
        (ran.exit, &ran.json()["pin"]["tries_left"]),
        (0, &json!(1)),
        "as the card last told it"
    );
}

#[test]
fn what_is_wrong_with_the_certificate_has_its_code_and_no_pin_is_asked() {
    let production = &["--trust", "fixtures/pki/ca-untrusted.pem"][..];
    let other = &["--trust-test", "fixtures/pki/ca-cie-root.pem"][..];
    for (profile, trust, options, exit, code) in [
        ("cns-expired", TRUST, &[][..], 41, "certificate-expired"),
        (
            "cns-st",
            TRUST,
            &["--at", "2019-01-01T00:00:00Z"],
            41,
            "certificate-not-yet-valid",
        ),
        ("cns-st", other, &[], 40, "certificate-not-trusted"),
        ("cns-st", production, &[], 48, "trust-file-test-material"),
        ("cns-no-certificate", TRUST, &[], 38, "certificate-absent"),
    ] {
        let ran = login_with(profile, trust, options, "12345\n");
        let told = ran.json();
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (exit, code),
            "{profile}: {told:#}"
        );
        assert_ne!(told["pin"]["sent"], true, "{profile}");
    }
    // An expired certificate was good on a day in its time, but today's lists say nothing of that day.
    let then = ["--at", "2019-06-01T09:00:00Z"];
    let ran = login("cns-expired", &then, "12345\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (46, "revocation-unknown"));
    let ran = login(
        "cns-expired",
        &[&then[..], &["--revocation", "off"]].concat(),
        "12345\n",
    );
    assert_eq!(ran.exit, 0, "{}", ran.out);
}

#[test]
fn a_card_with_another_key_has_not_proven_its_own() {
    let ran = login("cns-wrong-key", &[], "12345\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (44, "key-not-proven"));
    assert!(ran.json()["identity"].is_null());
}

#[test]
fn trust_must_be_named_and_found() {
    for (trust, code) in [
        (&[][..], "trust-anchors-missing"),
        (
            &["--trust-test", "fixtures/pki/absent.pem"],
            "trust-file-not-found",
        ),
        (&["--trust-test", "README.md"], "trust-file-not-certificates"),
        (
            &["--trust-test", "fixtures/pki/leaf-sha384.der"],
            "trust-file-not-an-authority",
        ),
        (
            &["--trust-legacy", "fixtures/pki/ca-cns-legacy.pem"],
            "trust-file-test-material",
        ),
    ] {
        let ran = login_with("cns-st", trust, &[], "12345\n");
        assert_eq!((ran.exit, ran.error_code().as_str()), (48, code));
    }
}

#[test]
fn a_command_that_is_not_right_touches_no_card() {
    for (options, code) in [
        (&["--service", "inps.nothing"][..], "service-unknown"),
        (&["--service", "Not an id"], "service-id-invalid"),
        (&["--at", "yesterday"], "usage"),
        (&["--lang", "tlh"], "usage"),
        (&["--no-such-option"], "usage"),
        (&["--audience", ""], "audience-invalid"),
        (&["--wait", "-1"], "usage"),
    ] {
        let ran = login("cns-st", options, "12345\n");
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (64, code),
            "{options:?}: {}",
            ran.out
        );
    }
    let ran = run(&["login", "12345", "--lang=it", "--json"], "");
    let told = ran.json();
    assert_eq!(
        told["error"]["message"],
        "Il comando non è scritto nel modo giusto: opzione o comando che non esiste."
    );
    let ran = run(&[], "");
    assert!(ran.exit == 64 && ran.err.contains("Usage: varco"), "{}", ran.err);
    let ran = login("cns-of-nobody", &[], "12345\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (64, "profile-unknown"));
    for entry in ["fd:999", "fd:x", "12345"] {
        let arguments = ["login", "--json", "--entry", entry, "--reader", "played:cns-st"];
        let ran = run(&[&arguments[..], TRUST].concat(), "");
        assert_eq!(ran.exit, 64, "{entry}: {}", ran.out);
        assert!(
            !ran.out.contains("12345"),
            "a PIN given as an option is not repeated: {}",
            ran.out
        );
    }
}

#[test]
fn the_pin_comes_from_a_descriptor_too() {
    let arguments = ["login", "--json", "--entry", "fd:0", "--reader", "played:cns-st"];
    let ran = run(
        &[&arguments[..], TRUST].concat(),
        "12345\r\nthe next line is somebody else's",
    );
    assert_eq!(ran.exit, 0, "{}", ran.out);
}

#[test]
fn a_person_reads_it_in_two_languages() {
    let arguments = ["login", "--pin-stdin", "--reader", "played:cns-st"];
    let arguments = [&arguments[..], TRUST, STATEMENT].concat();
    let ran = run(&arguments, "12345\n");
    assert!(
        ran.out
            .contains("You may use the service \"Statement of contributions\"."),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("CAREFUL: this is a test card"), "{}", ran.out);
    let ran = run(&[&arguments[..], &["--lang", "it"]].concat(), "12345\n");
    assert!(ran.out.contains("Estratto conto"), "{}", ran.out);
    let ran = run(&[&arguments[..], &["--lang", "it"]].concat(), "54321\n");
    assert_eq!((ran.exit, ran.out.as_str()), (20, ""));
    assert!(
        ran.err
            .starts_with("Il PIN non è giusto. Restano 2 tentativi.\nChe cosa fare:"),
        "{}",
        ran.err
    );
}

#[test]
fn a_recording_is_private_new_and_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.jsonl");
    let trace = ["--trace", path.to_str().unwrap()];
    let ran = login("cns-st", &trace, "12345\n");
    assert_eq!((ran.exit, &ran.json()["trace_complete"]), (0, &json!(true)));
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("\"event\":\"command\"").count(), 8, "{text}");
    for secret in ["3132333435", "12345", "444D4E4E434C", "DMNNCL"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let ran = login("cns-st", &trace, "12345\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "trace-exists"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let ran = login("cns-st", &["--trace", "/nonexistent/trace"], "12345\n");
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "trace-unwritable"));
}

/// Country signers and the authority of the fixtures' identity cards.
const IDENTITY: &[&str] = &[
    "--trust-test",
    "fixtures/pki/ca-cie-sub.der",
    "--crl",
    "fixtures/pki/crl-cie-sub.crl",
];

#[test]
fn an_identity_card_is_told_by_its_numbers_and_as_the_schema_has_it() {
    let arguments = [IDENTITY, &["--csca-test", "fixtures/pki/csca.der"], STATEMENT].concat();
    let ran = login("cie-actalis", &arguments, "12345678\n");
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    let credential = &told["identity"]["credential"];
    assert_eq!(
        (&credential["kind"], &credential["nis"]),
        (&json!("cie"), &json!("998877000405"))
    );
    assert_eq!(credential["document_number"], "CX00005EE");
    assert_eq!(told["identity"]["assurance"]["level"], "high");
    assert_eq!(told["decision"]["effect"], "permit");
}

#[test]
fn an_identity_card_without_country_signer_is_refused_unless_that_is_waived() {
    let refused = login("cie-nxp", IDENTITY, "12345678\n");
    assert_eq!(
        (refused.exit, &refused.json()["error"]["code"]),
        (48, &json!("country-signers-missing"))
    );
    let waived = login(
        "cie-nxp",
        &[IDENTITY, &["--card-origin", "unchecked"]].concat(),
        "12345678\n",
    );
    let told = waived.json();
    assert_eq!(waived.exit, 0, "{told:#}");
    assert_eq!(
        told["identity"]["assurance"]["downgraded"],
        json!(["card-origin-unchecked"])
    );
    // That its hardware resists duplication was not shown.
    assert_eq!(told["identity"]["assurance"]["level"], "substantial");
    let forged = [IDENTITY, &["--csca-test", "fixtures/pki/csca.der"]].concat();
    assert_eq!(login("cie-clone-device", &forged, "12345678\n").exit, 45);
    // A test signer is taken as one only where that is said.
    let unsaid = login(
        "cie-nxp",
        &[IDENTITY, &["--csca", "fixtures/pki/csca.der"]].concat(),
        "12345678\n",
    );
    assert_eq!(
        (unsaid.exit, unsaid.error_code().as_str()),
        (48, "trust-file-test-material")
    );
}
