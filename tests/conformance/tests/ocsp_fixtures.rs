//! The openssl program says of each OCSP answer in `fixtures/pki` what its name says.
//!
//! Not here: what varco says of them. The program holds dates against the machine's clock and only warns; so the dates
//! are compared as it reads them.
#![allow(clippy::expect_used, reason = "test code: what fails here fails the test")]

use std::path::Path;
use std::process::Command;

const HOLDS: &str = "Response verify OK";
const FAILS: &str = "Response Verify Failure";
const FROM: &str = "This Update: Jan  1 00:00:00 2026 GMT";
const UNTIL: &str = "Next Update: Dec 31 00:00:00 2044 GMT";

/// What the program writes of an answer about a certificate, ca-cns being trusted, with further words.
fn told(answer: &str, about: &str, words: &[&str]) -> String {
    let (answer, about) = (format!("{answer}.ors"), format!("{about}.der"));
    let mut command = Command::new("openssl");
    // 1 June 2026.
    command.args([
        "ocsp",
        "-attime",
        "1780272000",
        "-CAfile",
        "ca-cns.pem",
        "-issuer",
        "ca-cns.pem",
    ]);
    command.args(["-respin", &answer, "-cert", &about]).args(words);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki"));
    let ran = command.output().expect("OpenSSL is needed: package openssl");
    String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned()
}

fn must_say(told: &str, expected: &[&str], what: &str) {
    for words in expected {
        assert!(told.contains(words), "{what}: {words:?} not in\n{told}");
    }
}

#[test]
fn answers_of_the_authority_and_its_responder_hold() {
    for (answer, about, expected) in [
        ("ocsp-good", "leaf-good", &[HOLDS, "good\n", FROM, UNTIL][..]),
        (
            "ocsp-good-delegated",
            "leaf-good",
            &[HOLDS, "good\n", FROM, UNTIL],
        ),
        (
            "ocsp-revoked",
            "leaf-revoked",
            &[
                HOLDS,
                "revoked\n",
                "Reason: keyCompromise",
                "Revocation Time: Nov 15 10:00:00 2025 GMT",
                FROM,
                UNTIL,
            ],
        ),
        (
            "ocsp-suspended",
            "leaf-suspended",
            &[
                HOLDS,
                "revoked\n",
                "Reason: certificateHold",
                "Revocation Time: Dec 20 09:15:00 2025 GMT",
                FROM,
                UNTIL,
            ],
        ),
        ("ocsp-unknown", "leaf-good", &[HOLDS, "unknown\n", FROM, UNTIL]),
        (
            "ocsp-stale",
            "leaf-good",
            &[
                HOLDS,
                "This Update: Jan  1 00:00:00 2025 GMT",
                "Next Update: Feb  1 00:00:00 2025 GMT",
            ],
        ),
        (
            "ocsp-future",
            "leaf-good",
            &[HOLDS, "This Update: Jan  1 00:00:00 2043 GMT", UNTIL],
        ),
        ("ocsp-without-next-update", "leaf-good", &[HOLDS, "good\n", FROM]),
    ] {
        must_say(&told(answer, about, &[]), expected, answer);
    }
    assert!(!told("ocsp-without-next-update", "leaf-good", &[]).contains("Next Update"));
}

#[test]
fn answers_about_something_else_do_not_tell_of_the_certificate() {
    for answer in ["ocsp-other-serial", "ocsp-revoked", "ocsp-suspended"] {
        must_say(
            &told(answer, "leaf-good", &[]),
            &[HOLDS, "No Status found"],
            answer,
        );
    }
    must_say(
        &told("ocsp-try-later", "leaf-good", &[]),
        &["trylater (3)"],
        "ocsp-try-later",
    );
}

#[test]
fn answers_of_who_may_not_answer_fail_for_the_reason_in_their_name() {
    for (answer, reason) in [
        ("ocsp-unsigned", "signature failure"),
        ("ocsp-wrong-signer", "unable to get local issuer certificate"),
        ("ocsp-responder-without-usage", "missing ocspsigning usage"),
        ("ocsp-responder-expired", "certificate has expired"),
    ] {
        must_say(&told(answer, "leaf-good", &[]), &[FAILS, reason], answer);
    }
}

#[test]
fn apart_from_who_signed_those_answers_are_right() {
    for (answer, responder) in [
        ("ocsp-wrong-signer", "responder-untrusted.der"),
        ("ocsp-responder-without-usage", "responder-without-usage.der"),
        ("ocsp-responder-expired", "responder-expired.der"),
    ] {
        let told = told(answer, "leaf-good", &["-VAfile", responder]);
        must_say(&told, &[HOLDS, "good\n", FROM, UNTIL], answer);
    }
}

#[test]
fn an_answer_names_its_signer_by_name_or_by_key() {
    let text = |answer| told(answer, "leaf-good", &["-text"]);
    must_say(
        &text("ocsp-good"),
        &[
            "Responder Id: C = IT",
            "CN = TEST Regione Esempio - CA Cittadini\n",
        ],
        "ocsp-good",
    );
    let delegated = text("ocsp-good-delegated");
    assert!(!delegated.contains("Responder Id: C = IT"), "{delegated}");
    must_say(
        &delegated,
        &["Responder Id: ", "Hash Algorithm: sha1", "OCSP Signing"],
        "ocsp-good-delegated",
    );
}
