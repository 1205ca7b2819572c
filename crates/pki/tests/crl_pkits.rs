//! The revocation lists of NIST PKITS: all are read, and `openssl` reads the same.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use varco_pki::{Certificate, HeldList, KnownList as _, ListFault, RevocationList, Subjects, Timestamp};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors/pkits")
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder().join("crls")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn list(name: &str) -> HeldList {
    let bytes = std::fs::read(folder().join("crls").join(format!("{name}.crl"))).unwrap();
    HeldList::parse(bytes, None).unwrap()
}

fn certificate(name: &str) -> Certificate {
    let bytes = std::fs::read(folder().join("certs").join(format!("{name}.crt"))).unwrap();
    Certificate::parse(&bytes).unwrap()
}

/// What both readers say of a list: dates, number, and serial numbers in the order of the list.
#[derive(Debug, PartialEq)]
struct Reading {
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    number: Option<String>,
    serials: Vec<String>,
    is_indirect: bool,
    is_delta: bool,
}

/// Without zeros in front, as `openssl` writes them, and `-` before those below zero.
fn digits(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    format!("{sign}{}", digits.trim_start_matches('0').to_lowercase())
}

fn hex(bytes: &[u8]) -> String {
    // PKITS has one negative serial number, of one byte.
    match bytes {
        [low @ 0x80..=0xFF] => digits(&format!("-{:02x}", low.wrapping_neg())),
        _ => digits(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
}

fn ours(bytes: &[u8]) -> Reading {
    let list = RevocationList::parse(bytes).unwrap();
    let header = list.header();
    let serials = list.all_entries().map(|entry| hex(entry.unwrap().serial()));
    Reading {
        this_update: header.this_update,
        next_update: header.next_update,
        number: header.number.as_ref().map(|number| hex(number.as_bytes())),
        serials: serials.collect(),
        is_indirect: header.scope.indirect,
        is_delta: header.is_delta,
    }
}

fn openssl(file: &Path) -> Reading {
    let output = Command::new("openssl")
        .args(["crl", "-inform", "DER", "-noout", "-text", "-in"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let after = |start: &str| {
        lines
            .iter()
            .find_map(|line| line.strip_prefix(start))
            .map(str::trim)
    };
    let date = |text: &str| {
        let civil = jiff::civil::DateTime::strptime("%b %d %H:%M:%S %Y GMT", text).unwrap();
        jiff::tz::Offset::UTC.to_timestamp(civil).unwrap()
    };
    let number = lines
        .iter()
        .position(|line| line.starts_with("X509v3 CRL Number"));
    // Small ones are decimal, and those of PKITS are below ten.
    let number = number.map(|at| digits(lines[at + 1].trim_start_matches("0x")));
    let serials = lines
        .iter()
        .filter_map(|line| line.strip_prefix("Serial Number:"));
    Reading {
        this_update: date(after("Last Update:").unwrap()),
        next_update: after("Next Update:").map(date),
        number,
        serials: serials.map(|serial| digits(serial.trim())).collect(),
        is_indirect: text.contains("Indirect CRL"),
        is_delta: after("X509v3 Delta CRL Indicator").is_some(),
    }
}

#[test]
fn every_list_reads_as_openssl_reads_it() {
    let files = files();
    assert_eq!(files.len(), 173);
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(ours(&bytes), openssl(&file), "{}", file.display());
    }
}

#[test]
fn every_entry_is_found_and_what_stands_beside_it_is_not() {
    for file in files() {
        let bytes = std::fs::read(&file).unwrap();
        let held = HeldList::parse(bytes.clone(), None).unwrap();
        let list = RevocationList::parse(&bytes).unwrap();
        for entry in list.entries() {
            let (serial, revoked) = entry.unwrap();
            assert_eq!(held.find(serial), Ok(Some(revoked)), "{}", file.display());
            assert_eq!(held.find(&[serial, &[0x33]].concat()), Ok(None));
        }
    }
}

#[test]
fn minus_one_is_not_two_hundred_and_fifty_five() {
    let list = list("NegativeSerialNumberCACRL");
    assert!(list.find(&[0xFF]).unwrap().is_some());
    assert_eq!(list.find(&[0x00, 0xFF]), Ok(None));
}

#[test]
fn scopes_are_those_of_their_names() {
    let scope = |name| list(name).header().scope.clone();
    assert_eq!(
        scope("onlyContainsUserCertsCACRL").subjects,
        Subjects::EndEntities
    );
    assert_eq!(scope("onlyContainsCACertsCACRL").subjects, Subjects::Authorities);
    assert_eq!(
        scope("onlyContainsAttributeCertsCACRL").subjects,
        Subjects::Attributes
    );
    let reasons = |name| scope(name).reasons.unwrap();
    let (first, second) = (
        reasons("onlySomeReasonsCA1compromiseCRL"),
        reasons("onlySomeReasonsCA1otherreasonsCRL"),
    );
    assert!(first.common(second).is_none() && !first.is_none() && !second.is_none());
    assert!(scope("distributionPoint1CACRL").name.is_some() && scope("GoodCACRL").name.is_none());
    for name in ["UnknownCRLExtensionCACRL", "UnknownCRLEntryExtensionCACRL"] {
        assert!(list(name).header().has_unknown_critical, "{name}");
    }
}

#[test]
fn an_indirect_list_answers_for_its_own_issuer_only() {
    let bytes = std::fs::read(folder().join("crls/indirectCRLCA5CRL.crl")).unwrap();
    let list = RevocationList::parse(&bytes).unwrap();
    let own = list
        .all_entries()
        .filter(|entry| entry.as_ref().unwrap().is_of_issuer());
    assert_eq!(
        (list.all_entries().count(), own.count()),
        (11, list.entries().count())
    );
    assert!((1..11).contains(&list.entries().count()));
}

#[test]
fn lists_are_signed_by_the_keys_that_nist_says() {
    let signed = |name, signer| list(name).check_signature(&certificate(signer));
    assert_eq!(signed("TrustAnchorRootCRL", "TrustAnchorRootCertificate"), Ok(()));
    assert_eq!(signed("GoodCACRL", "GoodCACert"), Ok(()));
    assert_eq!(
        signed("GoodCACRL", "TrustAnchorRootCertificate"),
        Err(ListFault::NotSigned)
    );
    // One name, two keys.
    let (old, new) = (
        "BasicSelfIssuedOldKeyCACert",
        "BasicSelfIssuedOldKeyNewWithOldCACert",
    );
    assert_eq!(certificate(old).subject(), certificate(new).subject());
    let both = [old, new].map(|signer| signed("BasicSelfIssuedOldKeyCACRL", signer).is_ok());
    assert!(both[0] != both[1], "{both:?}");
}
