//! The certificates of the Italian authorities of 2018: all are read, and judged as the openssl program judges them, or
//! differently for a reason that stands here.
//!
//! They are public but not ours to hand on: they are read from the folder that VARCO_SHARED_DATA names, where somebody has
//! them. Not here: the invented authorities (`trust`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use varco::trust::load_certificates;
use varco_pki::{
    AnchorKind, Certificate, Judging, LEGACY_END, RevocationCheck, Timestamp, TrustAnchor, TrustAnchors,
    judge_cns, judge_path,
};

/// The day of the list, and one of today's.
const INSTANTS: [&str; 2] = ["2018-12-14T12:00:00Z", "2026-06-01T00:00:00Z"];

/// Not self-signed, by the first bytes of their SHA-256: each has its issuer above it. Below themselves as anchor, openssl
/// with `-partial_chain` takes them for trusted without any signature; we ask for one by the anchor's key.
const BELOW_OTHERS: [&str; 7] = [
    "b1a74266", // SUBCA1 of the identity card
    "847161fb", // six of InfoCert, for servers
    "e9726773", "fe5e29a8", "247a6d80", "8991174d", "90f70db8",
];

/// Two of Enel.it, of 2001: an extension that cannot be read as what it says it is. openssl leaves it aside.
const MALFORMED: [&str; 2] = ["6e5693f5", "005eaf93"];

/// One of them, and the file in which openssl finds it.
struct Authority {
    certificate: Certificate,
    file: PathBuf,
    /// The first bytes of its SHA-256.
    id: String,
}

/// The certificates in the bundle with a folder for their files; `None` where nobody has it.
fn authorities() -> Option<(Vec<Authority>, tempfile::TempDir)> {
    let Some(data) = std::env::var_os("VARCO_SHARED_DATA") else {
        eprintln!("VARCO_SHARED_DATA is not set: the Italian authorities of 2018 were not tried");
        return None;
    };
    let bundle = std::fs::read_to_string(Path::new(&data).join("italian_ca_2018/bundle.pem")).unwrap();
    let end = "-----END CERTIFICATE-----\n";
    let pems: Vec<String> = bundle
        .split_inclusive(end)
        .filter(|pem| pem.ends_with(end))
        .map(str::to_owned)
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let read = |(index, pem): (usize, String)| {
        let file = folder.path().join(format!("{index}.pem"));
        std::fs::write(&file, pem).unwrap();
        let [certificate] = load_certificates(&file).unwrap().try_into().unwrap();
        let id = certificate
            .sha256()
            .into_iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"));
        Authority {
            id: id.collect(),
            certificate,
            file,
        }
    };
    let all = pems.into_iter().enumerate().map(read).collect();
    Some((all, folder))
}

/// What we say of one of them below another as anchor.
fn ours(leaf: &Certificate, anchor: &Certificate, kind: AnchorKind, at: Timestamp) -> &'static str {
    let anchor = TrustAnchor::new(anchor.clone(), kind).unwrap();
    let anchors = TrustAnchors::from_iter([anchor]);
    let judging = Judging::new(&anchors, at).checking(RevocationCheck::OFF);
    match judge_path(leaf, &judging) {
        Ok(_) => OK,
        Err(rejection) => rejection.reason(),
    }
}

/// What openssl says of it, in our words where it has the same.
fn theirs(leaf: &Authority, anchor: &Authority, at: Timestamp) -> String {
    let ran = Command::new("openssl")
        .args([
            "verify",
            "-attime",
            &at.as_second().to_string(),
            "-partial_chain",
            "-trusted",
        ])
        .args([&anchor.file, &leaf.file])
        .output()
        .expect("OpenSSL is needed: package openssl");
    let said = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
    let error = said
        .lines()
        .find_map(|line| Some(line.strip_prefix("error ")?.split_once("lookup: ")?.1));
    match error {
        Some("certificate has expired") => "expired".to_owned(),
        Some("certificate is not yet valid") => "not-yet-valid".to_owned(),
        Some(error) => error.to_owned(),
        None if ran.status.success() => OK.to_owned(),
        None => said,
    }
}

const OK: &str = "OK";

#[test]
fn all_349_are_read_and_none_is_a_card() {
    let Some((all, _folder)) = authorities() else {
        return;
    };
    assert_eq!(all.len(), 349, "each is read");
    let at: Timestamp = INSTANTS[0].parse().unwrap();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for Authority { certificate, .. } in &all {
        let anchor = TrustAnchor::new(certificate.clone(), AnchorKind::Legacy).unwrap();
        let anchors = TrustAnchors::from_iter([anchor]);
        let judging = Judging::new(&anchors, at).checking(RevocationCheck::OFF);
        let verdict = judge_cns(certificate.clone(), &judging).unwrap_err();
        *told.entry(verdict.reason()).or_default() += 1;
    }
    assert_eq!(
        told.into_iter().collect::<Vec<_>>(),
        [
            ("expired", 138),
            ("leaf-is-authority", 202),
            ("malformed-extension", 2),
            ("unknown-issuer", 7)
        ]
    );
}

#[test]
fn below_itself_as_a_legacy_anchor_each_is_judged_as_openssl_judges_it() {
    let Some((all, _folder)) = authorities() else {
        return;
    };
    for authority in &all {
        let Authority { certificate, id, .. } = authority;
        // openssl counts the last second itself as over.
        let after = Timestamp::from_second(certificate.not_after().as_second() + 1).unwrap();
        let before = Timestamp::from_second(certificate.not_before().as_second() - 1).unwrap();
        let fixed = INSTANTS.map(|at| at.parse().unwrap());
        let own = [before, certificate.not_before(), after];
        for at in fixed.into_iter().chain(own).filter(|at| *at <= LEGACY_END) {
            let ours = ours(certificate, certificate, AnchorKind::Legacy, at);
            let theirs = theirs(authority, authority, at);
            match id.as_str() {
                id if BELOW_OTHERS.contains(&id) => assert_eq!(ours, "unknown-issuer", "{id} at {at}"),
                id if MALFORMED.contains(&id) => assert_eq!(ours, "malformed-extension", "{id} at {at}"),
                id => assert_eq!(ours, theirs, "{id} at {at}"),
            }
        }
    }
}

/// What openssl does not refuse: SHA-1 and short keys. That they are the anchor's own is no matter: below themselves they
/// are the leaf too.
#[test]
fn below_itself_as_a_production_anchor_weakness_is_all_that_is_told_besides() {
    let Some((all, _folder)) = authorities() else {
        return;
    };
    for (at, counts) in [
        (
            INSTANTS[0],
            [
                (OK, 144),
                ("expired", 2),
                ("weak-key", 35),
                ("weak-signature", 159),
            ],
        ),
        (
            INSTANTS[1],
            [
                (OK, 103),
                ("expired", 43),
                ("weak-key", 35),
                ("weak-signature", 159),
            ],
        ),
    ] {
        let at: Timestamp = at.parse().unwrap();
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        for Authority { certificate, id, .. } in &all {
            let strict = ours(certificate, certificate, AnchorKind::Production, at);
            let lenient = ours(certificate, certificate, AnchorKind::Legacy, at);
            assert!(
                strict == lenient || strict.starts_with("weak-"),
                "{id}: {strict}, {lenient}"
            );
            *told.entry(strict).or_default() += 1;
        }
        assert_eq!(told.remove("unknown-issuer"), Some(BELOW_OTHERS.len()));
        assert_eq!(told.remove("malformed-extension"), Some(MALFORMED.len()));
        assert_eq!(told.into_iter().collect::<Vec<_>>(), counts, "{at}");
    }
}

#[test]
fn below_another_of_its_issuers_name_each_is_judged_as_openssl_judges_it() {
    let Some((all, _folder)) = authorities() else {
        return;
    };
    let at: Timestamp = INSTANTS[0].parse().unwrap();
    let (mut pairs, mut good) = (0, Vec::new());
    for leaf in &all {
        let others = all.iter().filter(|anchor| {
            anchor.id != leaf.id && anchor.certificate.subject() == leaf.certificate.issuer()
        });
        for anchor in others {
            let ours = ours(&leaf.certificate, &anchor.certificate, AnchorKind::Legacy, at);
            let theirs = theirs(leaf, anchor, at);
            assert_eq!(
                ours == OK,
                theirs == OK,
                "{} below {}: {ours}, {theirs}",
                leaf.id,
                anchor.id
            );
            pairs += 1;
            if ours == OK {
                good.push((leaf.id.clone(), anchor.certificate.subject()));
            } else {
                assert_ne!(ours, "unknown-issuer", "{}: the name is the anchor's", leaf.id);
            }
        }
    }
    // Names that were kept with a new key are not mistaken for each other.
    assert_eq!(pairs, 45);
    let [(below, above)] = &good[..] else {
        panic!("{good:?}");
    };
    assert_eq!(below, BELOW_OTHERS[0]);
    assert!(
        above.contains("CN=National root CA for the Italian Electronic Identity Card"),
        "{above}"
    );
}
