//! Security objects of the fixtures, of both generations: what is genuine, and everything that is not.

use super::*;
use crate::{Certificate, CertvalValidator, TrustAnchor, security_object_length};

const NOW: &str = "2026-01-01T00:00:00Z";

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn file(card: &str, id: &str) -> Vec<u8> {
    fixture(&format!("cards/{card}/ef-{id}.bin"))
}

fn anchors(name: &str) -> TrustAnchors {
    let certificate = Certificate::parse(&fixture(&format!("pki/{name}.der"))).unwrap();
    TrustAnchors::from_iter([TrustAnchor::new(certificate, AnchorKind::Test).unwrap()])
}

fn judge(bytes: &[u8], anchor: &str, at: &str) -> Result<GenuineDocument, DocumentRejection> {
    judge_document(
        SecurityObject::parse(bytes)?,
        &anchors(anchor),
        &CertvalValidator,
        at.parse().unwrap(),
    )
}

const CARDS: [(&str, &str); 2] = [("cie-nxp", "csca"), ("cie-gemalto", "csca-old")];

#[test]
fn both_generations_are_genuine_and_hold_the_hashes_of_all_six_files() {
    for (card, anchor) in CARDS {
        let document = judge(&file(card, "1006"), anchor, NOW).unwrap();
        assert!(document.is_test_material() && document.downgrades().is_empty());
        for (group, id) in [
            (DataGroup::Number, "1001"),
            (DataGroup::Document, "1002"),
            (DataGroup::Certificate, "1003"),
            (DataGroup::DeviceKey, "1004"),
            (DataGroup::ServiceKey, "1005"),
            (DataGroup::Domain, "d004"),
        ] {
            let mut content = file(card, id);
            document.confirm(group, &content).unwrap();
            content[3] ^= 1;
            assert_eq!(
                document.confirm(group, &content),
                Err(DocumentRejection::Changed(group))
            );
        }
    }
}

#[test]
fn what_fills_the_file_is_left_out_and_the_length_is_told_early() {
    let object = file("cie-nxp", "1006");
    let padded = [&object[..], &[0; 200]].concat();
    assert!(judge(&padded, "csca", NOW).is_ok());
    assert_eq!(security_object_length(&object[..4]), Ok(Some(object.len())));
    for few in 0..4 {
        assert_eq!(security_object_length(&object[..few]), Ok(None));
    }
    assert!(security_object_length(&[0x30, 0x82]).is_err());
    let long = SecurityObjectError::TooLarge;
    assert_eq!(security_object_length(&[0x77, 0x82, 0xFF, 0xFF]), Err(long));
}

#[test]
fn no_changed_bit_is_genuine() {
    for (card, anchor) in CARDS {
        let object = file(card, "1006");
        for at in 0..object.len() {
            let mut changed = object.clone();
            changed[at] ^= 1 << (at % 8);
            let Ok(document) = judge(&changed, anchor, NOW) else {
                continue;
            };
            // The list of digest algorithms outside of the signature may say what it likes.
            assert!((30..60).contains(&at), "{card}, byte {at}: {document:?}");
        }
    }
}

#[test]
fn no_cut_object_is_read() {
    let object = file("cie-nxp", "1006");
    for cut in 0..object.len() {
        assert!(SecurityObject::parse(&object[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn another_country_signer_of_the_same_name_and_other_times_are_refused() {
    let object = file("cie-nxp", "1006");
    assert_eq!(
        judge(&object, "csca-old", NOW).unwrap_err().code(),
        "document-signer-not-trusted"
    );
    assert_eq!(
        judge(&object, "ca-cie-root", NOW).unwrap_err().code(),
        "document-signer-not-trusted"
    );
    for at in ["2024-11-30T23:59:59Z", "2036-03-01T00:00:01Z"] {
        assert_eq!(
            judge(&object, "csca", at).unwrap_err().code(),
            "document-signer-dates"
        );
    }
    let none = TrustAnchors::default();
    let at = NOW.parse().unwrap();
    let refused = judge_document(
        SecurityObject::parse(&object).unwrap(),
        &none,
        &CertvalValidator,
        at,
    );
    assert_eq!(
        refused.unwrap_err(),
        DocumentRejection::Signer(crate::Distrust::NoAnchors.into())
    );
}

#[test]
fn a_broken_signature_is_told_apart() {
    let refused = judge(&file("cie-bad-signature", "1006"), "csca", NOW).unwrap_err();
    assert_eq!(refused, DocumentRejection::Signature);
}

/// Puts other bytes in the place of the only occurrence of some; the lengths stay.
fn with(object: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = object.windows(from.len()).position(|part| part == from).unwrap();
    let mut changed = object.to_vec();
    changed[at..at + to.len()].copy_from_slice(to);
    changed
}

#[test]
fn malformed_parts_are_named() {
    let object = file("cie-nxp", "1006");
    let lds = [0x02, 0x01, 0x01, 0x30, 0x0B, 0x06, 0x09];
    for (from, to, expected) in [
        // Signed content that is changed fails by its hash, before it is looked into.
        (
            &lds[..],
            &[0x02, 0x01, 0x02][..],
            "the signed hash is not that of the content",
        ),
        (
            &[0x02, 0x01, 0xA4, 0x04],
            &[0x02, 0x01, 0xA5, 0x04],
            "the signed hash is not that of the content",
        ),
        (
            &[0x02, 0x01, 0x03, 0x31],
            &[0x02, 0x01, 0x01, 0x31],
            "the version of signedData",
        ),
        (
            &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01],
            &[0x67, 0x81, 0x08, 0x01, 0x01, 0x02],
            "the type of the content",
        ),
    ] {
        let refused = SecurityObject::parse(&with(&object, from, to)).unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused} for {expected}");
    }
}
