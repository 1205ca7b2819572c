//! Fixture certificates for the tests of this crate.

use crate::{AnchorKind, Certificate, TrustAnchor, TrustAnchors};

fn read(path: &str) -> Certificate {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/");
    Certificate::parse(&std::fs::read(format!("{root}{path}")).unwrap()).unwrap()
}

/// fixtures/pki/NAME.der
pub(crate) fn certificate(name: &str) -> Certificate {
    read(&format!("pki/{name}.der"))
}

/// The certificate on a played card.
pub(crate) fn card_certificate(card: &str) -> Certificate {
    read(&format!("cards/{card}/ef-1101.bin"))
}

/// These fixture CAs as test anchors.
pub(crate) fn test_anchors(names: &[&str]) -> TrustAnchors {
    names
        .iter()
        .map(|name| TrustAnchor::new(certificate(name), AnchorKind::Test).unwrap())
        .collect()
}
