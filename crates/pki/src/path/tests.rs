//! Paths through intermediates, the CIE chain's policies, and bounds.

use super::*;
use crate::tests::{card_certificate, certificate, test_anchors};
use crate::{AnchorKind, Distrust, PathRule};

fn validate(
    leaf: &Certificate,
    intermediates: &[Certificate],
    anchors: &[&str],
) -> Result<ValidPath, Rejection> {
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    CertvalValidator.validate(leaf, intermediates, &test_anchors(anchors), at)
}

#[test]
fn a_chain_with_the_policies_of_the_cie_holds() {
    let (leaf, sub) = (certificate("leaf-cie"), certificate("ca-cie-sub"));
    let path = validate(&leaf, std::slice::from_ref(&sub), &["ca-cie-root"]).unwrap();
    assert_eq!(path.anchor().certificate(), &certificate("ca-cie-root"));
    assert_eq!(path.anchor().kind(), AnchorKind::Test);
    assert!(
        validate(&leaf, &[], &["ca-cie-sub"]).is_ok(),
        "the sub CA may be pinned directly"
    );
}

#[test]
fn a_missing_intermediate_leaves_the_issuer_unknown() {
    let verdict = validate(&certificate("leaf-cie"), &[], &["ca-cie-root"]);
    assert_eq!(verdict.unwrap_err(), Distrust::UnknownIssuer.into());
}

#[test]
fn intermediates_that_do_not_belong_change_nothing() {
    let others = [
        "ca-untrusted",
        "ca-cns-legacy",
        "ca-cie-root",
        "ca-cie-sub",
        "leaf-cie",
    ]
    .map(certificate);
    assert!(validate(&card_certificate("cns-st"), &others, &["ca-cns"]).is_ok());
    assert!(validate(&certificate("leaf-cie"), &others, &["ca-cie-root"]).is_ok());
}

#[test]
fn an_intermediate_that_bears_the_anchors_name_is_not_the_anchor() {
    let verdict = validate(
        &certificate("leaf-untrusted"),
        &[certificate("ca-untrusted")],
        &["ca-cns"],
    );
    assert_eq!(verdict.unwrap_err(), Distrust::BadSignature.into());
}

#[test]
fn more_than_32_intermediates_are_refused_unread() {
    let many = vec![certificate("ca-cie-sub"); 33];
    let verdict = validate(&certificate("leaf-cie"), &many, &["ca-cie-root"]);
    assert_eq!(verdict.unwrap_err(), Distrust::TooManyIntermediates.into());
}

#[test]
fn every_changed_bit_of_the_signed_part_breaks_the_signature() {
    let leaf = card_certificate("cns-st");
    for byte in (8..leaf.der().len()).step_by(7) {
        let mut der = leaf.der().to_vec();
        der[byte] ^= 0x01;
        if let Ok(changed) = Certificate::parse(&der) {
            let verdict = validate(&changed, &[], &["ca-cns"]);
            assert!(
                matches!(verdict, Err(Rejection::NotTrusted { .. })),
                "byte {byte}: {verdict:?}"
            );
        }
    }
}

#[test]
fn a_malformed_extension_of_a_kind_that_counts_breaks_the_path() {
    // The BIT STRING of key usage becomes an OCTET STRING. The signature breaks too, but that is looked at later.
    let mut der = card_certificate("cns-st").der().to_vec();
    let place = der
        .windows(5)
        .position(|five| five == [0x06, 0x03, 0x55, 0x1D, 0x0F])
        .unwrap();
    let bits = place
        + der[place..]
            .windows(3)
            .position(|three| three == [0x04, 0x04, 0x03])
            .unwrap()
        + 2;
    der[bits] = 0x04;
    let verdict = validate(&Certificate::parse(&der).unwrap(), &[], &["ca-cns"]);
    assert_eq!(
        verdict.unwrap_err(),
        Distrust::BadPath(PathRule::MalformedExtension).into()
    );
}
