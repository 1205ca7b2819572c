//! `varco cert verify`: forms of files, profiles, instants and modes.
//!
//! Not here: the twins and lists of the fixtures one by one (`verify`), every length of a certificate that was cut (the
//! command's own tests).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

mod program;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use program::{Ran, run, workspace};
use serde_json::Value;

const GOOD: &str = "fixtures/pki/leaf-good.der";
const TRUST: [&str; 4] = [
    "--trust-test",
    "fixtures/pki/ca-cns.der",
    "--trust-test",
    "fixtures/pki/ca-cie-root.der",
];
const LIST: [&str; 2] = ["--crl", "fixtures/pki/crl-cns.crl"];
const CIE_LISTS: [&str; 4] = [
    "--crl",
    "fixtures/pki/crl-cie-sub.crl",
    "--crl",
    "fixtures/pki/crl-cie-root.crl",
];

/// On 1 June 2026, unless the options say otherwise.
fn verify(file: &str, options: &[&str]) -> Ran {
    let mut arguments = vec!["cert", "verify", "--json", file];
    if !options.contains(&"--at") {
        arguments.extend(["--at", "2026-06-01T00:00:00Z"]);
    }
    run(&[&arguments, &TRUST[..], options].concat(), "")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(workspace().join("fixtures/pki").join(name)).unwrap()
}

fn pem(label: &str, der: &[u8]) -> String {
    let lines: Vec<String> = STANDARD
        .encode(der)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// A folder in which a test puts its files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.into_os_string().into_string().unwrap()
    }
}

fn reason(ran: &Ran) -> Value {
    ran.json()["reasons"][0]["code"].clone()
}

#[test]
fn der_and_pem_with_text_and_foreign_line_ends_are_one_certificate() {
    let folder = Folder::new();
    let text = format!(
        "Certificato di prova\n\n{}\nfine\n",
        pem("CERTIFICATE", &fixture("leaf-good.der"))
    );
    let expected = verify(GOOD, &LIST).json();
    assert_eq!(expected["verdict"], "valid", "{expected:#}");
    for (name, content) in [
        ("plain.pem", text.clone()),
        ("dos.pem", text.replace('\n', "\r\n")),
        ("misnamed.der", text.clone()),
        (
            "with-list.pem",
            format!("{}{text}", pem("X509 CRL", &fixture("crl-cns.crl"))),
        ),
    ] {
        let ran = verify(&folder.put(name, content), &LIST);
        assert_eq!((ran.exit, ran.json()), (0, expected.clone()), "{name}");
    }
}

#[test]
fn the_first_of_several_is_judged_and_the_others_stand_between() {
    let folder = Folder::new();
    let [leaf, sub] = ["leaf-cie.der", "ca-cie-sub.der"].map(|name| pem("CERTIFICATE", &fixture(name)));
    let alone = verify(&folder.put("alone.pem", &leaf), &CIE_LISTS);
    assert_eq!((alone.exit, reason(&alone)), (40, "unknown-issuer".into()));
    let whole = verify(&folder.put("whole.pem", format!("{leaf}{sub}")), &CIE_LISTS);
    let told = whole.json();
    assert_eq!((whole.exit, &told["profile"]), (0, &"cie".into()), "{told:#}");
    let places: Vec<&Value> = told["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["certificate"])
        .collect();
    assert_eq!(places, ["leaf", "intermediate", "anchor"]);
    // The other way round the authority is judged, which is no card's.
    let authority = verify(&folder.put("turned.pem", format!("{sub}{leaf}")), &CIE_LISTS);
    assert_eq!(
        (authority.exit, reason(&authority)),
        (43, "leaf-is-authority".into())
    );
}

#[test]
fn a_damaged_certificate_is_told_with_its_place() {
    let folder = Folder::new();
    let leaf = pem("CERTIFICATE", &fixture("leaf-good.der"));
    let cut = pem("CERTIFICATE", &fixture("ca-cie-sub.der")[..700]);
    for (name, content, place) in [
        ("second.pem", format!("{leaf}{cut}"), "intermediate"),
        ("first.pem", format!("{cut}{leaf}"), "leaf"),
    ] {
        let ran = verify(&folder.put(name, content), &LIST);
        let told = ran.json();
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (38, "certificate-unreadable"),
            "{told:#}"
        );
        assert_eq!(told["reasons"][0]["code"], "certificate-truncated");
        assert_eq!(told["reasons"][0]["certificate"], place);
        assert_eq!(
            (&told["verdict"], &told["path"]),
            (&"invalid".into(), &Value::Array(Vec::new()))
        );
    }
}

#[test]
fn what_is_no_certificate_is_invalid_and_what_is_no_file_is_not_judged() {
    let folder = Folder::new();
    let good = fixture("leaf-good.der");
    for (name, content, code) in [
        ("empty", Vec::new(), "certificate-not-der"),
        (
            "garbage",
            b"\x00\x01\xFFnot a certificate".to_vec(),
            "certificate-not-der",
        ),
        (
            "text",
            b"Questo non e' un certificato.\n".to_vec(),
            "certificate-not-der",
        ),
        (
            "open.pem",
            b"-----BEGIN CERTIFICATE-----\nMII\n".to_vec(),
            "certificate-not-der",
        ),
        ("list", fixture("crl-cns.crl"), "certificate-malformed"),
        ("cut", good[..good.len() - 1].to_vec(), "certificate-truncated"),
        (
            "longer",
            [&good[..], b"\n"].concat(),
            "certificate-trailing-bytes",
        ),
        ("huge", vec![0x30; 10_000_000], "certificate-too-large"),
    ] {
        let ran = verify(&folder.put(name, content), &LIST);
        let told = ran.json();
        assert_eq!(
            (ran.exit, &told["verdict"]),
            (38, &"invalid".into()),
            "{name}: {told:#}"
        );
        assert_eq!(told["error"]["code"], "certificate-unreadable", "{name}");
        assert_eq!(told["reasons"][0]["code"], code, "{name}");
    }
    let folder = folder.path().to_str().unwrap().to_owned();
    for file in ["/nonexistent/certificate.der", folder.as_str(), "/dev/null"] {
        let ran = verify(file, &LIST);
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (60, "file-unreadable"),
            "{file}"
        );
        assert!(ran.json()["verdict"].is_null(), "{file}");
    }
}

#[test]
fn a_profile_is_what_the_policies_say_unless_it_is_named() {
    let between = ["--intermediates", "fixtures/pki/ca-cie-sub.der"];
    let lists = [&between[..], &CIE_LISTS, &LIST].concat();
    for (leaf, profile, exit, told) in [
        ("good", None, 0, "cns"),
        ("good", Some("none"), 0, "none"),
        ("good", Some("cie"), 43, "no-cie-policy"),
        ("cie", None, 0, "cie"),
        ("cie", Some("cns"), 43, "no-cns-policy"),
        ("cie", Some("none"), 0, "none"),
        ("cns-like", None, 43, "no-cns-policy"),
        ("cns-like", Some("none"), 0, "none"),
        ("of-an-authority", Some("none"), 0, "none"),
        // What RFC 5280 refuses is refused under any.
        ("expired", Some("none"), 41, "expired"),
        ("revoked", Some("none"), 42, "revoked"),
        ("weak-key", Some("none"), 40, "weak-key"),
    ] {
        let named: Vec<&str> = profile
            .into_iter()
            .flat_map(|profile| ["--profile", profile])
            .collect();
        let ran = verify(
            &format!("fixtures/pki/leaf-{leaf}.der"),
            &[&lists[..], &named].concat(),
        );
        let json = ran.json();
        assert_eq!(ran.exit, exit, "{leaf} {profile:?}: {json:#}");
        let found = if exit == 0 {
            &json["profile"]
        } else {
            &json["reasons"][0]["code"]
        };
        assert_eq!(found, told, "{leaf} {profile:?}");
    }
    let ran = verify(GOOD, &["--profile", "cnS"]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (64, "usage"));
}

#[test]
fn dates_are_judged_as_of_the_instant_that_is_named() {
    let at = |leaf: &str, at: &str| {
        let ran = verify(
            &format!("fixtures/pki/leaf-{leaf}.der"),
            &["--revocation", "off", "--at", at],
        );
        let told = ran.json();
        assert_eq!(ran.exit == 0, told["verdict"] == "valid");
        if ran.exit == 0 {
            assert_eq!(told["judged_at"], at);
            assert_eq!(told["revocation"]["status"], "not_checked");
        }
        ran.exit
    };
    for (leaf, instant, exit) in [
        ("good", "2024-12-31T23:59:59Z", 41),
        ("good", "2025-01-01T00:00:00Z", 0),
        ("good", "2044-12-31T23:00:00Z", 0),
        ("good", "2044-12-31T23:00:01Z", 41),
        ("expired", "2020-06-01T00:00:00Z", 0),
        ("not-yet-valid", "2041-01-01T00:00:00Z", 0),
        ("good", "1970-01-01T00:00:00Z", 41),
    ] {
        assert_eq!(at(leaf, instant), exit, "{leaf} at {instant}");
    }
    let ran = verify(GOOD, &["--at", "2026-06-31T00:00:00Z"]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (64, "usage"));
}

#[test]
fn modes_differ_at_the_second_at_which_a_list_is_late() {
    // The older list was due to be renewed on 2 January 2026 at midnight.
    let list = ["--crl", "fixtures/pki/crl-cns-older.crl"];
    for (mode, at, exit, status) in [
        ("hard", "2026-01-02T00:00:00Z", 0, "good"),
        ("hard", "2026-01-02T00:00:01Z", 46, "revocation-stale"),
        ("grace:1", "2026-01-02T00:00:00Z", 0, "good"),
        ("grace:1", "2026-01-02T00:00:01Z", 0, "good_in_grace"),
        ("grace:1", "2026-01-02T01:00:00Z", 0, "good_in_grace"),
        ("grace:1", "2026-01-02T01:00:01Z", 46, "revocation-stale"),
        ("grace", "2026-01-03T00:00:00Z", 0, "good_in_grace"),
        ("grace", "2026-01-03T00:00:01Z", 46, "revocation-stale"),
        ("grace:720", "2026-02-01T00:00:00Z", 0, "good_in_grace"),
        ("grace:720", "2026-02-01T00:00:01Z", 46, "revocation-stale"),
        ("soft", "2026-01-02T00:00:00Z", 0, "good"),
        ("soft", "2026-01-02T00:00:01Z", 0, "unknown"),
        ("off", "2026-01-02T00:00:00Z", 0, "not_checked"),
    ] {
        let ran = verify(GOOD, &[&list[..], &["--revocation", mode, "--at", at]].concat());
        let told = ran.json();
        assert_eq!(ran.exit, exit, "{mode} at {at}: {told:#}");
        if exit != 0 {
            assert_eq!(told["reasons"][0]["code"], status, "{mode} at {at}");
            continue;
        }
        let revocation = &told["revocation"];
        assert_eq!(revocation["status"], status, "{mode} at {at}");
        assert_eq!(revocation["mode"], mode.split(':').next().unwrap());
        assert_eq!(
            revocation["source"].is_null(),
            matches!(status, "unknown" | "not_checked")
        );
        let reason = if status == "unknown" {
            "revocation-stale".into()
        } else {
            Value::Null
        };
        assert_eq!(revocation["reason"], reason, "{mode} at {at}");
    }
    for mode in ["grace:0", "grace:721", "Hard", ""] {
        let ran = verify(GOOD, &["--revocation", mode]);
        assert_eq!((ran.exit, ran.error_code().as_str()), (64, "usage"), "{mode:?}");
    }
    // What is known to be revoked or suspended is refused where anybody asks.
    for (leaf, exit) in [("revoked", 42), ("suspended", 47)] {
        for (mode, exit) in [("soft", exit), ("grace:720", exit), ("off", 0)] {
            let file = format!("fixtures/pki/leaf-{leaf}.der");
            let ran = verify(&file, &[&LIST[..], &["--revocation", mode]].concat());
            assert_eq!(ran.exit, exit, "{leaf}, {mode}");
        }
    }
}

#[test]
fn lists_come_from_pem_of_several_and_from_folders() {
    let folder = Folder::new();
    let lists = ["crl-legacy.crl", "crl-cns-expired.crl", "crl-cns.crl"].map(fixture);
    let pems = lists.clone().map(|list| pem("X509 CRL", &list));
    let several = folder.put(
        "several.pem",
        format!("tre liste\r\n{}", pems.concat().replace('\n', "\r\n")),
    );
    assert_eq!(verify(GOOD, &["--crl", &several]).exit, 0);
    let inner = folder.path().join("lists");
    std::fs::create_dir(&inner).unwrap();
    for (name, list) in ["a.crl", "b.CRL", "c.crl"].iter().zip(&lists) {
        std::fs::write(inner.join(name), list).unwrap();
    }
    std::fs::write(
        inner.join("README.txt"),
        "what is no list by its name is left aside",
    )
    .unwrap();
    assert_eq!(verify(GOOD, &["--crl", inner.to_str().unwrap()]).exit, 0);
    let revoked = verify(
        "fixtures/pki/leaf-revoked.der",
        &["--crl", inner.to_str().unwrap()],
    );
    assert_eq!((revoked.exit, reason(&revoked)), (42, "revoked".into()));
}

#[test]
fn what_is_no_list_spoils_the_command_and_is_no_verdict() {
    let folder = Folder::new();
    let list = fixture("crl-cns.crl");
    let cut = folder.put("cut.crl", &list[..list.len() - 1]);
    let half = format!("{}{}", pem("X509 CRL", &list), pem("X509 CRL", &list[..100]));
    let half = folder.put("half.pem", half);
    for (file, exit, code) in [
        ("fixtures/pki/ca-cns.der", 48, "crl-file-bad-list"),
        ("fixtures/pki/ca-cns.pem", 48, "crl-file-not-lists"),
        ("README.md", 48, "crl-file-not-lists"),
        (&cut, 48, "crl-file-bad-list"),
        (&half, 48, "crl-file-bad-list"),
        ("/nonexistent.crl", 60, "file-unreadable"),
        ("fixtures/cards", 48, "crl-file-not-lists"),
        ("/dev/null", 48, "trust-file-not-a-file"),
    ] {
        // Beside a good list, and where nobody would ask it, too.
        for mode in ["hard", "off"] {
            let options = [&LIST[..], &["--crl", file, "--revocation", mode]].concat();
            let ran = verify(GOOD, &options);
            assert_eq!(ran.error_code(), code, "{file}");
            assert!(ran.exit == exit && ran.json()["verdict"].is_null(), "{file}");
        }
    }
}

#[test]
fn what_stands_between_may_be_too_many_or_lead_nowhere() {
    let folder = Folder::new();
    let sub = pem("CERTIFICATE", &fixture("ca-cie-sub.der"));
    let leaf = "fixtures/pki/leaf-cie.der";
    for (copies, exit, code) in [(32, 0, Value::Null), (33, 40, "too-many-intermediates".into())] {
        let many = folder.put("many.pem", sub.repeat(copies));
        let ran = verify(leaf, &[&CIE_LISTS[..], &["--intermediates", &many]].concat());
        assert_eq!((ran.exit, reason(&ran)), (exit, code), "{copies}");
    }
    let round = [
        "--intermediates",
        "fixtures/pki/ca-loop-a.der",
        "--intermediates",
        "fixtures/pki/ca-loop-b.der",
    ];
    let ran = verify("fixtures/pki/leaf-loop.der", &[&round[..], &LIST].concat());
    assert_eq!((ran.exit, reason(&ran)), (40, "unknown-issuer".into()));
    // A good one is good beside them.
    assert_eq!(verify(GOOD, &[&round[..], &LIST].concat()).exit, 0);
}

#[test]
fn whom_to_believe_must_be_named() {
    let ran = run(&["cert", "verify", "--json", GOOD], "");
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (48, "trust-anchors-missing")
    );
    let real = [
        "cert",
        "verify",
        "--json",
        GOOD,
        "--trust",
        "fixtures/pki/ca-cns.der",
    ];
    let ran = run(&real, "");
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (48, "trust-file-test-material")
    );
    assert_eq!(run(&["cert", "verify", "--json"], "").exit, 64);
}

#[test]
fn what_responders_answered_is_evidence() {
    let judged = |leaf: &str, answer: &str| {
        let file = format!("fixtures/pki/{answer}.ors");
        verify(&format!("fixtures/pki/{leaf}.der"), &["--ocsp", &file])
    };
    for (leaf, answer, exit) in [
        ("leaf-good", "ocsp-good", 0),
        ("leaf-good", "ocsp-good-delegated", 0),
        ("leaf-revoked", "ocsp-revoked", 42),
        ("leaf-suspended", "ocsp-suspended", 47),
    ] {
        let ran = judged(leaf, answer);
        assert_eq!(ran.exit, exit, "{answer}: {}", ran.out);
    }
    let source = judged("leaf-good", "ocsp-good").json()["revocation"]["source"].clone();
    assert_eq!(source, "ocsp");
    for (answer, code) in [
        ("ocsp-try-later", "revocation-responder-refused"),
        ("ocsp-other-serial", "revocation-out-of-scope"),
        ("ocsp-stale", "revocation-stale"),
        ("ocsp-unsigned", "revocation-not-signed"),
        ("ocsp-wrong-signer", "revocation-not-signed"),
        ("ocsp-responder-without-usage", "revocation-not-signed"),
        ("ocsp-responder-expired", "revocation-not-signed"),
        ("ocsp-future", "revocation-future"),
        ("ocsp-unknown", "revocation-responder-unknown"),
    ] {
        let ran = judged("leaf-good", answer);
        assert_eq!((ran.exit, reason(&ran)), (46, code.into()), "{answer}");
    }
    let ran = verify(GOOD, &["--ocsp", "README.md"]);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (48, "ocsp-file-not-an-answer")
    );
    let ran = verify(GOOD, &["--ocsp", "/nonexistent.ors"]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "file-unreadable"));
}
