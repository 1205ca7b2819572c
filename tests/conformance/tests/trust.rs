//! The openssl program says of each twin, list and answer in `fixtures/pki` what its name says.
//!
//! Not here: what varco says of them. openssl takes a list of changes for a whole one, a held certificate for a
//! revoked one and SHA-1 for good; where it cannot judge, its reading of the file is compared.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code: what fails here fails the test"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// 1 June 2026: every certificate and list is judged then, whatever the machine's clock says.
const AT: &str = "1780272000";
/// 1 January 2026 at noon.
const EARLIER: &str = "1767268800";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki")
}

/// What the program writes about files of fixtures/pki, whether or not it succeeds.
fn openssl(arguments: &[&str]) -> String {
    let mut command = Command::new("openssl");
    command.args(arguments).current_dir(fixtures());
    let ran = command.output().expect("OpenSSL is needed: package openssl");
    let both = [ran.stdout, ran.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// `openssl verify` of a file with these words before it, at that time.
fn verify_at(at: &str, words: &str, file: &str) -> String {
    let words = words.split_whitespace();
    let arguments: Vec<&str> = ["verify", "-attime", at]
        .into_iter()
        .chain(words)
        .chain([file])
        .collect();
    openssl(&arguments)
}

fn verify(words: &str, file: &str) -> String {
    verify_at(AT, words, file)
}

/// Holds what the program wrote against what it must write.
fn must_say(told: &str, expected: &str, what: &str) {
    assert!(told.contains(expected), "{what}: {expected:?} not in\n{told}");
    if expected == OK {
        assert!(!told.contains("error"), "{what}:\n{told}");
    }
}

const OK: &str = ": OK";
const REVOKED: &str = "error 23 at 0 depth";
const NO_ISSUER: &str = "unable to get local issuer certificate";

#[test]
fn paths_hold_or_break_where_the_names_say() {
    for (leaf, words, expected) in [
        ("leaf-good", "-CAfile ca-cns.pem", OK),
        ("leaf-revoked", "-CAfile ca-cns.pem", OK),
        ("leaf-suspended", "-CAfile ca-cns.pem", OK),
        ("leaf-exponent-3", "-CAfile ca-cns.pem", OK),
        ("leaf-foreign-country", "-CAfile ca-cns.pem", OK),
        ("leaf-cns-like", "-CAfile ca-cns.pem", OK),
        ("leaf-twenty-byte-serial", "-CAfile ca-cns.pem", OK),
        ("leaf-leading-zero-serial", "-CAfile ca-cns.pem", OK),
        ("leaf-no-revocation-places", "-CAfile ca-cns.pem", OK),
        ("leaf-expired", "-CAfile ca-cns.pem", "certificate has expired"),
        (
            "leaf-not-yet-valid",
            "-CAfile ca-cns.pem",
            "certificate is not yet valid",
        ),
        (
            "leaf-bad-signature",
            "-CAfile ca-cns.pem",
            "certificate signature failure",
        ),
        ("leaf-other-issuer-name", "-CAfile ca-cns.pem", NO_ISSUER),
        (
            "leaf-unknown-critical",
            "-CAfile ca-cns.pem",
            "unhandled critical extension",
        ),
        ("leaf-rekeyed", "-CAfile ca-cns.pem", NO_ISSUER),
        ("leaf-rekeyed", "-CAfile ca-cns-rekeyed.pem", OK),
        (
            "leaf-rekeyed",
            "-trusted ca-cns.pem -trusted ca-cns-rekeyed.pem",
            OK,
        ),
        ("leaf-good", "-trusted ca-cns-rekeyed.pem -trusted ca-cns.pem", OK),
        ("leaf-below-ec", "-CAfile ca-ec.pem", OK),
        (
            "leaf-below-deep",
            "-CAfile ca-cie-root.pem -untrusted ca-deep.pem",
            OK,
        ),
        (
            "leaf-path-too-long",
            "-CAfile ca-cie-root.pem -untrusted ca-deep.pem -untrusted ca-too-deep.pem",
            "path length constraint exceeded",
        ),
        (
            "leaf-below-without-keycertsign",
            "-CAfile ca-cns.pem -untrusted ca-without-keycertsign.pem",
            "key usage does not include certificate signing",
        ),
        (
            "leaf-loop",
            "-CAfile ca-cns.pem -untrusted ca-loop-a.pem -untrusted ca-loop-b.pem",
            NO_ISSUER,
        ),
        // The loop itself is sound: each of the two did sign the other.
        ("leaf-loop", "-partial_chain -CAfile ca-loop-a.pem", OK),
        ("ca-loop-a", "-partial_chain -CAfile ca-loop-b.pem", OK),
        ("ca-loop-b", "-partial_chain -CAfile ca-loop-a.pem", OK),
    ] {
        must_say(&verify(words, &format!("{leaf}.der")), expected, leaf);
    }
}

#[test]
fn certificates_read_as_their_names_say() {
    let read = |name: &str| {
        openssl(&[
            "x509",
            "-inform",
            "DER",
            "-noout",
            "-text",
            "-in",
            &format!("{name}.der"),
        ])
    };
    for (name, expected) in [
        ("leaf-good", "URI:http://crl.example/ca-cns.crl"),
        ("leaf-good", "OCSP - URI:http://ocsp.example/ca-cns\n"),
        ("leaf-exponent-3", "Exponent: 3 (0x3)"),
        ("leaf-foreign-country", "Subject: C = DE"),
        ("leaf-cns-like", "Policy: 1.3.6.1.4.1.32473.2\n"),
        ("leaf-cns-like", "National Service Card (CNS) project"),
        (
            "leaf-twenty-byte-serial",
            "5a:17:c0:ff:ee:00:00:00:00:00:00:00:00:00:00:00:de:ca:fb:ad",
        ),
        (
            "leaf-leading-zero-serial",
            "a1:00:00:00:00:00:00:00:00:00:00:00:00:00:0c:15",
        ),
        ("leaf-unknown-critical", "1.3.6.1.4.1.32473.1: critical"),
        (
            "leaf-other-issuer-name",
            "Issuer: C = IT, O = Enti Inventati S.p.A., OU = Servizi di Certificazione, CN = TEST Regione Esempio - CA Cittadini di una volta",
        ),
        ("leaf-below-ec", "Signature Algorithm: ecdsa-with-SHA256"),
        ("responder-cns", "OCSP Signing"),
        ("responder-cns", "OCSP No Check"),
        ("responder-expired", "Not After : Jan  1 23:00:00 2021 GMT"),
    ] {
        must_say(&read(name), expected, name);
    }
    assert!(!read("leaf-no-revocation-places").contains("URI:http"));
    assert!(!read("responder-without-usage").contains("OCSP Signing"));
}

/// Of each list: who should have signed it, whether that holds, its number, from when and until when it is good.
const LISTS: &str = "
crl-cns                        ca-cns         OK      0x07   2026-01-01 2044-12-31
crl-cns-older                  ca-cns         OK      0x06   2025-12-01 2026-01-02
crl-cns-expired                ca-cns         OK      0x01   2025-01-01 2025-02-01
crl-cns-future                 ca-cns         OK      0x02BC 2043-01-01 2044-12-31
crl-cns-empty                  ca-cns         OK      0x08   2026-02-01 2044-12-31
crl-cns-v1                     ca-cns         OK      <NONE> 2026-01-01 2044-12-31
crl-cns-wrong-signer           ca-cns         failure 0x07   2026-01-01 2044-12-31
crl-cns-wrong-signer           ca-untrusted   OK      0x07   2026-01-01 2044-12-31
crl-cns-bad-signature          ca-cns         failure 0x07   2026-01-01 2044-12-31
crl-cns-sha1                   ca-cns         OK      0x07   2026-01-01 2044-12-31
crl-cns-unknown-critical       ca-cns         OK      0x07   2026-01-01 2044-12-31
crl-cns-unknown-critical-entry ca-cns         OK      0x07   2026-01-01 2044-12-31
crl-cns-delta                  ca-cns         OK      0x09   2026-03-01 2044-12-31
crl-rekeyed                    ca-cns-rekeyed OK      0x02   2026-01-01 2044-12-31
crl-rekeyed                    ca-cns         failure 0x02   2026-01-01 2044-12-31
crl-legacy                     ca-cns-legacy  OK      0x04   2026-01-01 2044-12-31
crl-cie-sub                    ca-cie-sub     OK      0x0C   2026-01-01 2044-12-31
crl-cie-sub-revoking           ca-cie-sub     OK      0x0D   2026-01-02 2044-12-31
crl-cie-root                   ca-cie-root    OK      0x03   2026-01-01 2044-12-31
crl-cie-root-revoking-sub      ca-cie-root    OK      0x04   2026-01-02 2044-12-31
";

#[test]
fn lists_are_signed_numbered_and_dated_as_their_names_say() {
    let mut listed = BTreeSet::new();
    for row in LISTS.lines().filter(|row| !row.is_empty()) {
        let [list, authority, signature, number, from, to] =
            row.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
        let (file, authority) = (format!("{list}.crl"), format!("{authority}.pem"));
        let words = "crl -inform DER -noout -dateopt iso_8601 -crlnumber -lastupdate -nextupdate -verify";
        let words: Vec<&str> = words.split(' ').collect();
        let told = openssl(&[&words[..], &["-CAfile", &authority, "-in", &file]].concat());
        must_say(&told, &format!("verify {signature}\n"), row);
        must_say(&told, &format!("crlNumber={number}\n"), row);
        must_say(&told, &format!("lastUpdate={from} 00:00:00Z\n"), row);
        must_say(&told, &format!("nextUpdate={to} 00:00:00Z\n"), row);
        listed.insert(file);
    }
    let there = std::fs::read_dir(fixtures()).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = there.filter(|name| name.ends_with(".crl")).collect();
    assert_eq!(listed, there, "every list is judged");
}

#[test]
fn lists_read_as_their_names_say() {
    let read = |name: &str| {
        openssl(&[
            "crl",
            "-inform",
            "DER",
            "-noout",
            "-text",
            "-in",
            &format!("{name}.crl"),
        ])
    };
    for (list, expected) in [
        ("crl-cns", "Certificate Hold"),
        ("crl-cns", "Key Compromise"),
        ("crl-cns", "Serial Number: 80C0FFEE\n"),
        ("crl-cns-empty", "No Revoked Certificates."),
        ("crl-cie-root", "No Revoked Certificates."),
        ("crl-cns-v1", "Version 1 (0x0)"),
        ("crl-cns-sha1", "sha1WithRSAEncryption"),
        (
            "crl-cns-delta",
            "Delta CRL Indicator: critical\n                7\n",
        ),
        ("crl-cns-delta", "Remove From CRL"),
        ("crl-cie-root-revoking-sub", "CA Compromise"),
    ] {
        must_say(&read(list), expected, list);
    }
    assert!(!read("crl-cns-v1").contains("extensions"));
    assert!(!read("crl-cns-older").contains("Certificate Hold"));
}

#[test]
fn a_certificate_is_revoked_by_the_lists_that_name_it_and_by_no_other() {
    let below = |list: &str| format!("-CAfile ca-cns.pem -crl_check -CRLfile {list}.crl");
    for (leaf, list, expected) in [
        ("leaf-good", "crl-cns", OK),
        ("leaf-revoked", "crl-cns", REVOKED),
        ("leaf-suspended", "crl-cns", REVOKED),
        ("leaf-twenty-byte-serial", "crl-cns", REVOKED),
        ("leaf-leading-zero-serial", "crl-cns", REVOKED),
        ("leaf-revoked", "crl-cns-empty", OK),
        ("leaf-good", "crl-cns-expired", "CRL has expired"),
        ("leaf-good", "crl-cns-future", "CRL is not yet valid"),
        ("leaf-good", "crl-cns-v1", OK),
        ("leaf-revoked", "crl-cns-v1", REVOKED),
        ("leaf-revoked", "crl-cns-sha1", REVOKED),
        (
            "leaf-good",
            "crl-cns-wrong-signer",
            "unable to get certificate CRL",
        ),
        ("leaf-good", "crl-cns-bad-signature", "CRL signature failure"),
        (
            "leaf-good",
            "crl-cns-unknown-critical",
            "unhandled critical CRL extension",
        ),
        (
            "leaf-good",
            "crl-cns-unknown-critical-entry",
            "unhandled critical CRL extension",
        ),
    ] {
        must_say(
            &verify(&below(list), &format!("{leaf}.der")),
            expected,
            &format!("{leaf}, {list}"),
        );
    }
    for (leaf, expected) in [("leaf-suspended", OK), ("leaf-revoked", REVOKED)] {
        let told = verify_at(EARLIER, &below("crl-cns-older"), &format!("{leaf}.der"));
        must_say(&told, expected, leaf);
    }
    for (leaf, authority, list) in [
        ("leaf-rekeyed", "ca-cns-rekeyed", "crl-rekeyed"),
        ("leaf-legacy-sha256", "ca-cns-legacy", "crl-legacy"),
    ] {
        let words = format!("-CAfile {authority}.pem -crl_check -CRLfile {list}.crl");
        must_say(&verify(&words, &format!("{leaf}.der")), OK, leaf);
    }
}

#[test]
fn the_revoked_cards_are_revoked_by_their_lists() {
    for (card, expected) in [
        ("cns-st", OK),
        ("cns-revoked", REVOKED),
        ("cns-suspended", REVOKED),
    ] {
        let file = format!("../cards/{card}/ef-1101.bin");
        must_say(
            &verify("-CAfile ca-cns.pem -crl_check -CRLfile crl-cns.crl", &file),
            expected,
            card,
        );
    }
    for (card, root, sub, expected) in [
        ("cie-revoked", "crl-cie-root", "crl-cie-sub", OK),
        ("cie-revoked", "crl-cie-root", "crl-cie-sub-revoking", REVOKED),
        ("cie-nxp", "crl-cie-root", "crl-cie-sub-revoking", OK),
        (
            "cie-nxp",
            "crl-cie-root-revoking-sub",
            "crl-cie-sub",
            "error 23 at 1 depth",
        ),
    ] {
        let trusted = "-CAfile ca-cie-root.pem -untrusted ca-cie-sub.pem";
        let words = format!("{trusted} -crl_check_all -CRLfile {root}.crl -CRLfile {sub}.crl");
        let told = verify(&words, &format!("../cards/{card}/ef-1003.bin"));
        must_say(&told, expected, &format!("{card}, {root}, {sub}"));
    }
}

/// What varco says of the same in crates/pki/tests/policies.rs: it takes no policy for valid over this path either, and so
/// looks for the card's policy on the leaf. openssl with `-policy` alone does not ask whether one is.
#[test]
fn the_policies_of_identity_cards_hold_over_a_path_only_below_the_sub_ca() {
    let root = "-trusted ca-cie-root.pem -untrusted ca-cie-sub.pem";
    let sub = "-partial_chain -trusted ca-cie-sub.pem";
    const NO_POLICY: &str = "no explicit policy";
    for (words, anchors, expected) in [
        ("", root, OK),
        ("", sub, OK),
        ("-policy 1.3.76.47.4", root, OK),
        ("-policy 1.3.76.47.4", sub, OK),
        ("-policy 1.3.76.16.2.1", root, OK),
        ("-explicit_policy -policy 1.3.76.47.4", root, NO_POLICY),
        ("-explicit_policy -policy 1.3.76.47.4", sub, OK),
        ("-explicit_policy -policy 1.3.76.47.2", root, NO_POLICY),
        ("-explicit_policy -policy 1.3.76.16.2.1", sub, NO_POLICY),
    ] {
        let words = format!("{words} {anchors}");
        must_say(&verify(&words, "leaf-cie.der"), expected, &words);
    }
}
