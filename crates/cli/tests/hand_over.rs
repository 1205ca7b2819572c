//! `varco verify-hand-over`: SPID logins of the vectors, checked, decided about and recorded.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use program::{Ran, command, run, run_command, workspace};
use serde_json::{Value, json};

const AUDIENCE: &str = "https://servizi.example.it";
const KEY: &str = "fixtures/vectors/spid/gateway.pem";
const TEST: &[&str] = &["--gateway-test", "--at", "2026-06-01T09:00:10Z"];
const SERVICE: &[&str] = &["--service", "inps.estratto-conto"];

/// The nonce that the vector of a level answers, as an option takes it.
fn nonce(level: u8) -> String {
    let path = workspace().join(format!("fixtures/vectors/spid/spid-l{level}.json"));
    let login: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let nonce = URL_SAFE_NO_PAD.decode(login["nonce"].as_str().unwrap()).unwrap();
    STANDARD.encode(nonce)
}

fn vector(level: u8) -> String {
    format!("fixtures/vectors/spid/spid-l{level}.txt")
}

fn asked(file: &str, nonce: &str, options: &[&str]) -> Vec<String> {
    let mut arguments = vec!["verify-hand-over", file, "--nonce", nonce, "--gateway-key", KEY];
    if !options.contains(&"--audience") {
        arguments.extend(["--audience", AUDIENCE]);
    }
    if !options.contains(&"--gateway") {
        arguments.extend(["--gateway", "gateway.example.it"]);
    }
    arguments.extend(options);
    arguments.into_iter().map(str::to_owned).collect()
}

fn verify(file: &str, nonce: &str, options: &[&[&str]]) -> Ran {
    let arguments = asked(file, nonce, &options.concat());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(&[&["--json"], &arguments[..]].concat(), "")
}

fn refused(ran: &Ran) -> (i32, String) {
    (ran.exit, ran.error_code())
}

#[test]
fn a_spid_login_of_level_2_is_permitted_and_one_of_level_1_denied() {
    for (level, exit, effect, reason) in [
        (1, 10, "deny", "deny-assurance-too-low"),
        (2, 0, "permit", "permit-level"),
        (3, 0, "permit", "permit-level"),
    ] {
        let ran = verify(&vector(level), &nonce(level), &[TEST, SERVICE]);
        let told = &ran.json()["verified_hand_over"];
        assert_eq!(ran.exit, exit, "{told:#}");
        assert_eq!(told["decision"]["effect"], effect);
        assert_eq!(told["decision"]["reasons"][0]["code"], reason);
        let identity = &told["identity"];
        assert_eq!(identity["codice_fiscale"], "DMNNCL80C14H501S");
        assert_eq!(identity["credential"]["kind"], format!("spid-l{level}"));
        assert_eq!(identity["assurance"]["test_material"], true);
    }
}

#[test]
fn without_a_service_it_ends_with_the_identity() {
    let ran = verify(&vector(2), &nonce(2), &[TEST]);
    let told = &ran.json()["verified_hand_over"];
    assert_eq!((ran.exit, &told["decision"]), (0, &Value::Null));
    assert_eq!(told["identity"]["name"]["surname"], "D'Amànzio");
}

#[test]
fn what_was_forged_or_is_for_somebody_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(workspace().join(vector(2))).unwrap();
    let parts: Vec<&str> = text.split('.').collect();
    let mut payload = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    let place = payload.windows(6).position(|word| word == b"SpidL2").unwrap();
    payload[place + 5] = b'3';
    let forged = [parts[0], parts[1], &URL_SAFE_NO_PAD.encode(payload), parts[3]].join(".");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (what, file, code, exit) in [
        (
            "raised to level 3",
            file("forged", &forged),
            "hand-over-signature",
            44,
        ),
        (
            "with a line's end",
            file("line", &format!("{text}\n")),
            "hand-over-format",
            38,
        ),
        (
            "cut",
            file("cut", text.get(..200).unwrap()),
            "hand-over-format",
            38,
        ),
        ("long", file("long", &"x".repeat(30_000)), "hand-over-format", 38),
        ("absent", "/nonexistent/login".to_owned(), "file-unreadable", 60),
    ] {
        let ran = verify(&file, &nonce(2), &[TEST, SERVICE]);
        assert_eq!(refused(&ran), (exit, code.to_owned()), "{what}");
    }
    for (options, code) in [
        (
            &["--audience", "https://altri.example.it"][..],
            "hand-over-audience",
        ),
        (&["--gateway", "other.example.it"], "hand-over-gateway"),
        (&["--max-authn-age", "0"], "hand-over-authn-too-old"),
    ] {
        let late = ["--gateway-test", "--at", "2026-06-01T09:01:00Z"];
        let ran = verify(&vector(2), &nonce(2), &[&late, options]);
        assert_eq!(refused(&ran), (44, code.to_owned()));
    }
    // Of another login's nonce, and after its time.
    let ran = verify(&vector(2), &nonce(1), &[TEST]);
    assert_eq!(refused(&ran), (44, "nonce-not-outstanding".to_owned()));
    let late = ["--gateway-test", "--at", "2026-06-01T09:02:00Z"];
    assert_eq!(
        refused(&verify(&vector(2), &nonce(2), &[&late])),
        (44, "hand-over-expired".to_owned())
    );
    assert_eq!(
        refused(&verify(&vector(2), &nonce(2), &[&["--gateway-test"]])),
        (44, "hand-over-expired".to_owned())
    );
}

#[test]
fn the_key_of_a_test_is_never_taken_for_real_and_nothing_real_is_judged_elsewhen() {
    let ran = verify(&vector(2), &nonce(2), &[SERVICE]);
    assert_eq!(refused(&ran), (48, "gateway-key-test-material".to_owned()));
    let ran = verify(&vector(2), &nonce(2), &[&["--at", "2026-06-01T09:00:10Z"]]);
    assert_eq!(refused(&ran), (64, "usage".to_owned()));
    let twice = verify(&vector(2), &nonce(2), &[TEST, &["--gateway-key", KEY]]);
    assert_eq!(refused(&twice), (48, "gateway-key-repeated".to_owned()));
    let other = verify(
        &vector(2),
        &nonce(2),
        &[TEST, &["--gateway-key", "fixtures/pki/ca-cns.pem"]],
    );
    assert_eq!(refused(&other), (48, "gateway-key-form".to_owned()));
}

#[test]
fn it_is_told_in_words() {
    let arguments = asked(
        &vector(2),
        &nonce(2),
        &[&["--lang", "it"], TEST, SERVICE].concat(),
    );
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = run_command(&mut command(&arguments), "").out;
    for words in [
        "L'accesso SPID regge: identità verificata.",
        "Nicolò D'Amànzio",
        "SPID di livello 2",
        "gateway.example.it",
        "ATTENZIONE: è un accesso SPID di prova",
        "Puoi usare il servizio",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn the_decision_is_recorded_as_a_logins_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (log, keys, auditor) = (path("log"), path("keys"), path("auditor"));
    let ran = run(&["audit", "keys", &keys, "--auditor-dir", &auditor], "");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let recorded = ["--audit", &log, "--audit-keys", &keys];
    assert_eq!(run(&[&["audit", "init"], &recorded[..]].concat(), "").exit, 0);
    for level in [1, 2] {
        verify(&vector(level), &nonce(level), &[TEST, SERVICE, &recorded]);
    }
    // One that is refused is about nobody, and nothing was decided.
    verify(&vector(2), &nonce(1), &[TEST, SERVICE, &recorded]);
    let key = path("auditor/auditor.key");
    let opened = run(&["--json", "audit", "open", &log, "--auditor-key", &key], "");
    let told: Vec<Value> = opened
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["logged_decision"].take())
        .collect();
    assert_eq!(told.len(), 3, "{}", opened.out);
    for (decision, effect, credential) in [(&told[0], "deny", "spid-l1"), (&told[1], "permit", "spid-l2")] {
        assert_eq!(
            (
                &decision["effect"],
                &decision["credential"],
                &decision["subject_codice_fiscale"]
            ),
            (&json!(effect), &json!(credential), &json!("DMNNCL80C14H501S"))
        );
    }
    // A record that cannot be written denies.
    std::fs::create_dir(path("log/head.new")).unwrap();
    let denied = verify(&vector(2), &nonce(2), &[TEST, SERVICE, &recorded]);
    assert_eq!(denied.exit, 11, "{}", denied.out);
}
