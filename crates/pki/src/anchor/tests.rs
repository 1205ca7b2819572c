//! What may become an anchor, and the order of a set.

use super::*;
use crate::test_material::FIXTURE_CAS;
use crate::tests::{card_certificate, certificate};

/// A certificate of an authority that is no fixture's: the root of PKITS.
fn foreign_root() -> Certificate {
    let path = "/../../fixtures/vectors/pkits/certs/TrustAnchorRootCertificate.crt";
    Certificate::parse(&std::fs::read(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()).unwrap()
}

#[test]
fn test_material_is_refused_as_real_trust_whatever_brought_it() {
    for ca in FIXTURE_CAS {
        for kind in [AnchorKind::Production, AnchorKind::Legacy] {
            assert_eq!(
                TrustAnchor::new(certificate(ca.name), kind),
                Err(AnchorError::TestMaterialRefused)
            );
        }
        assert!(TrustAnchor::new(certificate(ca.name), AnchorKind::Test).is_ok());
    }
}

#[test]
fn only_legacy_anchors_and_the_legacy_fixture_accept_legacy() {
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let legacy = |certificate, kind| TrustAnchor::new(certificate, kind).unwrap().legacy_at(at);
    assert_eq!(legacy(foreign_root(), AnchorKind::Production), Legacy::Refused);
    assert_eq!(legacy(foreign_root(), AnchorKind::Legacy), Legacy::Accepted);
    assert_eq!(legacy(foreign_root(), AnchorKind::Test), Legacy::Refused);
    assert_eq!(legacy(certificate("ca-cns"), AnchorKind::Test), Legacy::Refused);
    assert_eq!(
        legacy(certificate("ca-cns-legacy"), AnchorKind::Test),
        Legacy::Accepted
    );
}

#[test]
fn a_cards_certificate_is_no_anchor() {
    let made = TrustAnchor::new(card_certificate("cns-st"), AnchorKind::Test);
    assert_eq!(made, Err(AnchorError::NotAnAuthority));
}

#[test]
fn a_set_is_in_order_of_kind_and_holds_each_anchor_once() {
    let anchor = |kind| TrustAnchor::new(foreign_root(), kind).unwrap();
    let kinds = [
        AnchorKind::Test,
        AnchorKind::Production,
        AnchorKind::Legacy,
        AnchorKind::Production,
    ];
    let set: TrustAnchors = kinds.into_iter().map(anchor).collect();
    let order: Vec<AnchorKind> = set.iter().map(TrustAnchor::kind).collect();
    assert_eq!(
        order,
        [AnchorKind::Production, AnchorKind::Legacy, AnchorKind::Test]
    );
    assert_eq!((set.len(), set.is_empty()), (3, false));
}

#[test]
fn what_is_accepted_as_legacy_has_an_end() {
    let anchor = TrustAnchor::new(foreign_root(), AnchorKind::Legacy).unwrap();
    let second = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(LEGACY_END, second("2027-12-31T23:59:59Z"));
    assert_eq!(anchor.legacy_at(LEGACY_END), Legacy::Accepted);
    assert_eq!(anchor.legacy_at(second("2028-01-01T00:00:00Z")), Legacy::Refused);
    let shorter = anchor.legacy_until(second("2026-01-01T00:00:00Z"));
    assert_eq!(shorter.legacy_at(second("2026-01-01T00:00:01Z")), Legacy::Refused);
    let none = TrustAnchor::new(foreign_root(), AnchorKind::Production).unwrap();
    assert_eq!(
        none.legacy_until(LEGACY_END).legacy_at(LEGACY_END),
        Legacy::Refused
    );
}

#[test]
fn an_anchor_is_believed_about_its_own_kind_of_card_and_since_it_is_listed() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let anchor = TrustAnchor::new(foreign_root(), AnchorKind::Production)
        .unwrap()
        .only_for(AnchorPurpose::Cie)
        .listed(Provenance::Named, at("2020-01-01T00:00:00Z"));
    assert!(anchor.is_for(AnchorPurpose::Cie, at("2020-01-01T00:00:00Z")));
    assert!(anchor.is_for(AnchorPurpose::Any, at("2026-01-01T00:00:00Z")));
    assert!(!anchor.is_for(AnchorPurpose::Cns, at("2026-01-01T00:00:00Z")));
    assert!(!anchor.is_for(AnchorPurpose::Cie, at("2019-12-31T23:59:59Z")));
}

/// A fixture authority's certificate with some bytes of its names changed. Its signature is not looked at here.
fn renamed(name: &str, from: &[u8], to: &[u8]) -> Certificate {
    let mut der = certificate(name).der().to_vec();
    let places: Vec<usize> = (0..der.len() - from.len())
        .filter(|place| der[*place..].starts_with(from))
        .collect();
    for place in places {
        der[place..place + to.len()].copy_from_slice(to);
    }
    Certificate::parse(&der).unwrap()
}

/// The anchors above a certificate, found one by one.
fn above_one_by_one<'a>(anchors: &'a TrustAnchors, below: &Certificate) -> Vec<&'a TrustAnchor> {
    let bears = |anchor: &&TrustAnchor| crate::path::bears_issuers_name(anchor.certificate(), below);
    anchors.iter().filter(bears).collect()
}

#[test]
fn anchors_are_found_by_name_as_one_by_one_and_in_their_order() {
    let shouted = renamed("ca-cns", b"TEST Regione", b"TEST REGIONE");
    let mut anchors: TrustAnchors = FIXTURE_CAS
        .iter()
        .map(|ca| TrustAnchor::new(certificate(ca.name), AnchorKind::Test).unwrap())
        .collect();
    let shouting = renamed("leaf-good", b"TEST Regione", b"TEST REGIONE");
    let whispering = renamed("leaf-good", b"TEST Regione", b"test regione");
    let leaves = [
        "leaf-good",
        "leaf-cie",
        "leaf-untrusted",
        "leaf-below-ec",
        "leaf-rekeyed",
    ];
    let leaves: Vec<Certificate> = leaves
        .map(certificate)
        .into_iter()
        .chain([shouting, whispering])
        .collect();
    let compare = |anchors: &TrustAnchors| -> Vec<usize> {
        let found = leaves.iter().map(|leaf| {
            let above = anchors.above(leaf);
            assert_eq!(above, above_one_by_one(anchors, leaf));
            assert_eq!(above, anchors.above(leaf), "the second time too");
            above.len()
        });
        found.collect()
    };
    let before = compare(&anchors);
    assert!(before.iter().all(|found| *found > 0));
    assert_eq!(
        (before[0], before[0]),
        (before[5], before[6]),
        "a name is the same in any case"
    );
    anchors.add(TrustAnchor::new(shouted, AnchorKind::Test).unwrap());
    let after = compare(&anchors);
    assert_eq!(after[0], before[0] + 1, "what was added later is found");
}

#[test]
fn what_was_looked_up_changes_neither_equality_nor_debug() {
    let names = ["ca-cns", "ca-cie-root"];
    let (asked, other) = (
        crate::tests::test_anchors(&names),
        crate::tests::test_anchors(&names),
    );
    assert_eq!(asked.above(&certificate("leaf-good")).len(), 1);
    assert_eq!(asked, other);
    assert_eq!(format!("{asked:?}"), format!("{other:?}"));
}
