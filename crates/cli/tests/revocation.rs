//! Revocation in `varco login`: who is refused and when, what is marked, and what a mark permits.
//!
//! Not here: certificates in files (`verify`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

mod program;

use program::{Ran, TRUST, login, login_with, run};
use serde_json::{Value, json};

/// The authorities of service cards without any list.
const NO_LIST: &[&str] = &[
    "--trust-test",
    "fixtures/pki/ca-cns.pem",
    "--trust-test",
    "fixtures/pki/ca-cns-legacy.pem",
];
const CONSULTATION: [&str; 2] = ["--service", "inps.estratto-conto"];
const DISPOSITION: [&str; 2] = ["--service", "inps.domanda"];
/// Those of identity cards, with the sub CA as anchor.
const IDENTITY: &[&str] = &[
    "--csca-test",
    "fixtures/pki/csca.der",
    "--csca-test",
    "fixtures/pki/csca-old.der",
    "--trust-test",
    "fixtures/pki/ca-cie-sub.der",
];

fn no_list(profile: &str, options: &[&str]) -> Ran {
    login_with(profile, NO_LIST, options, "12345\n")
}

fn identity(profile: &str, options: &[&str]) -> Ran {
    login_with(profile, IDENTITY, options, "12345678\n")
}

fn end(ran: &Ran) -> (i32, String, Value) {
    (ran.exit, ran.error_code(), ran.json()["pin"]["sent"].clone())
}

#[test]
fn a_revoked_or_suspended_service_card_sees_no_pin_in_any_mode() {
    for (profile, exit, code) in [
        ("cns-revoked", 42, "certificate-revoked"),
        ("cns-suspended", 47, "certificate-suspended"),
    ] {
        for mode in ["hard", "grace", "soft"] {
            let ran = login(profile, &["--revocation", mode], "12345\n");
            let told = ran.json();
            assert_eq!(
                end(&ran),
                (exit, code.to_owned(), json!(false)),
                "{mode}: {told:#}"
            );
            assert!(told["identity"].is_null(), "{profile}");
            // The certificate was read, and nothing else was asked of the card.
            assert_eq!(told["card"]["exchanges"], 3, "{profile}, {mode}");
            assert_eq!(told["pin"]["tries_left"], Value::Null, "{profile}: nobody asked");
        }
        let unasked = login(profile, &["--revocation", "off"], "12345\n");
        assert_eq!(unasked.exit, 0, "{}", unasked.out);
    }
}

#[test]
fn without_a_list_a_service_card_is_refused_before_its_pin() {
    for mode in ["hard", "grace:720"] {
        let ran = no_list("cns-st", &["--revocation", mode]);
        assert_eq!(
            end(&ran),
            (46, "revocation-unknown".to_owned(), json!(false)),
            "{mode}"
        );
        let detail = ran.json()["error"]["detail"].as_str().unwrap().to_owned();
        assert!(detail.ends_with("there is no evidence about it"), "{detail}");
    }
    // Hard is what holds where nothing is said.
    assert_eq!(no_list("cns-st", &[]).exit, 46);
    // The person is not asked either: nothing was typed, and that is not what ends it.
    let arguments = ["login", "--json", "--pin-stdin", "--reader", "played:cns-st"];
    let ran = run(&[&arguments[..], NO_LIST].concat(), "");
    assert_eq!((ran.exit, ran.error_code().as_str()), (46, "revocation-unknown"));
}

#[test]
fn what_is_not_known_is_marked_reads_and_does_not_change() {
    for (mode, status, reason) in [
        ("soft", "unknown", json!("revocation-no-evidence")),
        ("off", "not_checked", Value::Null),
    ] {
        let told = no_list("cns-st", &["--revocation", mode]).json();
        let assurance = &told["identity"]["assurance"];
        assert_eq!(assurance["revocation"], status, "{told:#}");
        assert_eq!(assurance["revocation_evidence"]["reason"], reason);
        assert_eq!(assurance["downgraded"], json!(["revocation-not-known"]));
        assert_eq!(assurance["level"], "substantial", "a mark costs no level");

        let reads = no_list("cns-st", &[&["--revocation", mode], &CONSULTATION[..]].concat());
        assert_eq!(
            (reads.exit, &reads.json()["decision"]["effect"]),
            (0, &json!("permit")),
            "{mode}"
        );

        let changes = no_list("cns-st", &[&["--revocation", mode], &DISPOSITION[..]].concat());
        let decision = changes.json()["decision"].clone();
        assert_eq!(
            (changes.exit, &decision["effect"]),
            (10, &json!("deny")),
            "{mode}"
        );
        let reason = &decision["reasons"][0];
        assert_eq!(reason["code"], "deny-credential-downgraded", "{decision:#}");
        assert_eq!(reason["policy_id"], "forbid-downgraded");
        assert_eq!(reason["arguments"]["weaknesses"], "revocation-not-known");
        assert_eq!(decision["advice"][0]["code"], "advice-check-revocation");
    }
    // With a list the same card changes.
    let known = login(
        "cns-st",
        &[&["--revocation", "soft"], &DISPOSITION[..]].concat(),
        "12345\n",
    );
    let told = known.json();
    assert_eq!(
        (known.exit, &told["decision"]["effect"]),
        (0, &json!("permit")),
        "{told:#}"
    );
    assert_eq!(told["identity"]["assurance"]["downgraded"], json!([]));
}

#[test]
fn what_is_known_comes_with_its_evidence() {
    let told = login("cns-st", &[], "12345\n").json();
    assert_eq!(
        told["identity"]["assurance"]["revocation_evidence"],
        json!({
            "source": "crl",
            "mode": "hard",
            "reason": null,
            "this_update": "2026-01-01T00:00:00Z",
            "next_update": "2044-12-31T00:00:00Z",
            "fetched_at": null,
            "age_s": 151 * 86_400 + 9 * 3600,
        })
    );
}

#[test]
fn late_evidence_counts_within_its_grace_and_is_told() {
    let list = ["--crl", "fixtures/pki/crl-cns-older.crl"];
    for (mode, at, exit, status) in [
        ("hard", "2026-01-02T00:00:00Z", 0, "good"),
        ("hard", "2026-01-02T00:00:01Z", 46, ""),
        ("grace", "2026-01-02T00:00:01Z", 0, "good_in_grace"),
        ("grace", "2026-01-03T00:00:00Z", 0, "good_in_grace"),
        ("grace", "2026-01-03T00:00:01Z", 46, ""),
        ("soft", "2026-01-03T00:00:01Z", 0, "unknown"),
    ] {
        let options = [&list[..], &DISPOSITION, &["--revocation", mode, "--at", at]].concat();
        let ran = no_list("cns-st", &options);
        let told = ran.json();
        if status == "unknown" {
            assert_eq!(ran.exit, 10, "{told:#}");
            continue;
        }
        assert_eq!(ran.exit, exit, "{mode} at {at}: {told:#}");
        if exit == 0 {
            // Late within the grace that was given is known, and no weakness.
            assert_eq!(
                told["identity"]["assurance"]["revocation"], status,
                "{mode} at {at}"
            );
            assert_eq!(told["identity"]["assurance"]["downgraded"], json!([]));
        } else {
            assert_eq!(told["pin"]["sent"], false, "{mode} at {at}");
        }
    }
}

#[test]
fn an_identity_cards_certificate_stands_behind_its_pin_and_costs_no_try() {
    let revoking = ["--crl", "fixtures/pki/crl-cie-sub-revoking.crl"];
    for (profile, lists, exit, code) in [
        ("cie-revoked", &revoking[..], 42, "certificate-revoked"),
        ("cie-revoked", &[], 46, "revocation-unknown"),
        ("cie-nxp", &[], 46, "revocation-unknown"),
    ] {
        let ran = identity(profile, lists);
        let told = ran.json();
        assert_eq!(
            end(&ran),
            (exit, code.to_owned(), json!(true)),
            "{profile}: {told:#}"
        );
        assert_eq!(told["pin"]["tries_left"], 3, "the right PIN was typed: {profile}");
        assert!(told["identity"].is_null());
    }
    assert_eq!(
        identity("cie-nxp", &revoking).exit,
        0,
        "only the one that is named is revoked"
    );
    let missed = identity("cie-revoked", &["--crl", "fixtures/pki/crl-cie-sub.crl"]);
    assert_eq!(missed.exit, 0, "number 12 does not know it yet: {}", missed.out);
}

#[test]
fn a_copied_identity_card_is_refused_for_that_before_anybody_asks_about_revocation() {
    let ran = identity("cie-clone-device", &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (45, "card-not-genuine"));
    assert_eq!(ran.json()["pin"]["sent"], false);
}

#[test]
fn an_identity_card_below_a_revoked_authority_is_refused_as_such() {
    let path = [
        "--csca-test",
        "fixtures/pki/csca.der",
        "--trust-test",
        "fixtures/pki/ca-cie-root.der",
        "--intermediates",
        "fixtures/pki/ca-cie-sub.der",
        "--crl",
        "fixtures/pki/crl-cie-sub.crl",
    ];
    for (root, exit) in [("crl-cie-root", 0), ("crl-cie-root-revoking-sub", 42)] {
        let root = format!("fixtures/pki/{root}.crl");
        let ran = login_with("cie-nxp", &path, &["--crl", &root], "12345678\n");
        assert_eq!(ran.exit, exit, "{}", ran.out);
        if exit != 0 {
            let message = ran.json()["error"]["message"].as_str().unwrap().to_owned();
            assert!(
                message.starts_with("The certificate of the authority"),
                "{message}"
            );
        }
    }
    let ran = login_with("cie-nxp", &path, &[], "12345678\n");
    let message = ran.json()["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(ran.exit, 46);
    assert!(message.starts_with("Whether the authority between"), "{message}");
}

#[test]
fn an_identity_card_of_which_that_is_not_known_is_marked_too() {
    for (mode, status) in [("soft", "unknown"), ("off", "not_checked")] {
        let options = [&["--revocation", mode], &DISPOSITION[..]].concat();
        let ran = identity("cie-nxp", &options);
        let told = ran.json();
        assert_eq!(ran.exit, 10, "{told:#}");
        assert_eq!(told["identity"]["assurance"]["revocation"], status);
        assert_eq!(told["identity"]["assurance"]["level"], "high");
        assert_eq!(told["decision"]["advice"][0]["code"], "advice-check-revocation");
        let options = [&["--revocation", mode], &CONSULTATION[..]].concat();
        assert_eq!(identity("cie-nxp", &options).exit, 0);
    }
}

/// A login told in words: standard output and standard error together.
fn told(profile: &str, trust: &[&str], language: &str, options: &[&str]) -> (i32, String) {
    let reader = format!("played:{profile}");
    let arguments = [
        "login",
        "--pin-stdin",
        "--reader",
        &reader,
        "--at",
        "2026-06-01T09:00:00Z",
    ];
    let ran = run(
        &[&arguments[..], &["--lang", language], trust, options].concat(),
        "12345\n",
    );
    (ran.exit, ran.out + &ran.err)
}

#[test]
fn people_read_it_in_two_languages() {
    for (language, said) in [
        (
            "it",
            [
                "Il certificato della carta è stato revocato il 15 novembre 2025",
                "Il certificato della carta è sospeso dal 20 dicembre 2025. Può essere riattivato.",
                "Non si sa se la carta sia stata revocata: non c'è nulla che ne parli.",
                "liste di revoca aggiornate (--crl)",
                "Non si sa se il certificato sia stato revocato.",
                "Il certificato non è stato revocato.",
                "una lista di revoca del 2026-01-01T00:00:00Z (151 giorni prima)",
            ],
        ),
        (
            "en",
            [
                "The card's certificate was revoked on 15 November 2025",
                "The card's certificate has been suspended since 20 December 2025. It may come back.",
                "Whether the card was revoked is not known: nothing about it is at hand.",
                "current revocation lists (--crl)",
                "Whether the certificate was revoked is not known.",
                "The certificate was not revoked.",
                "a revocation list made on 2026-01-01T00:00:00Z (151 days before)",
            ],
        ),
    ] {
        let [revoked, suspended, unknown, advice, mark, good, evidence] = said;
        let soft = [&["--revocation", "soft"], &DISPOSITION[..]].concat();
        for (profile, trust, options, exit, phrases) in [
            ("cns-revoked", TRUST, &[][..], 42, vec![revoked]),
            ("cns-suspended", TRUST, &[], 47, vec![suspended]),
            ("cns-st", NO_LIST, &[], 46, vec![unknown, advice]),
            ("cns-st", NO_LIST, &soft, 10, vec![mark, advice]),
            ("cns-st", TRUST, &[], 0, vec![good, evidence]),
        ] {
            let (ended, text) = told(profile, trust, language, options);
            assert_eq!(ended, exit, "{text}");
            for phrase in phrases {
                assert!(text.contains(phrase), "{phrase:?} in\n{text}");
            }
        }
    }
}
