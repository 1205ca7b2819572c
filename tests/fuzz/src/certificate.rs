//! X.509 certificates, and the verdict on them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco_pki::{
    AnchorKind, Certificate, CertvalValidator, ChainValid, Judging, PathValidator, Rejection,
    RevocationCheck, RevocationMode, TrustAnchor, TrustAnchors, der_total_length, judge_cns, judge_path,
};

use crate::fixtures;

/// A certificate shows no control character, survives PEM, and is judged good only if an authority of the
/// fixtures really made it.
pub fn target(data: &[u8]) {
    let certificate = match Certificate::parse(data) {
        Ok(certificate) => certificate,
        Err(error) => {
            assert_eq!(Certificate::parse(data), Err(error));
            return;
        }
    };
    assert_eq!(certificate.der(), data);
    assert_eq!(der_total_length(data), Ok(data.len()));
    let text = certificate.to_text();
    let hides = |c: char| c.is_control() && c != '\n' || ('\u{202A}'..='\u{202E}').contains(&c);
    assert!(!text.contains(hides) && text.lines().count() == 14, "{text}");
    let pem: String = certificate
        .to_pem()
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    assert_eq!(STANDARD.decode(pem).unwrap(), data);

    check_as_authority(&certificate);
    check_with_evidence(&certificate);
    match judge(certificate) {
        Ok(valid) => {
            assert!(valid.is_test_material());
            assert!(
                fixtures::CERTIFICATES.iter().any(|known| known == data),
                "{valid:?}"
            );
        }
        Err(rejection) => assert!(!rejection.to_string().contains(hides)),
    }
}

/// The certificate stands between itself and the anchors too, where the search for a path may go round.
fn judge(certificate: Certificate) -> Result<ChainValid, Rejection> {
    let judging = Judging::new(&fixtures::ANCHORS, fixtures::instant()).checking(RevocationCheck::OFF);
    judge_cns(certificate.clone(), &judging.through(&[certificate]))
}

/// With lists and answers at hand it is good only if it is an original that none of them names, as which it is known; and
/// as a signer of lists it changes nothing.
fn check_with_evidence(certificate: &Certificate) {
    let sub = Certificate::parse(&fixtures::read("pki/ca-cie-sub.der")).unwrap();
    let between = [certificate.clone(), sub];
    let is_named = NAMED
        .iter()
        .any(|name| fixtures::read(&format!("pki/{name}.der")) == certificate.der());
    for mode in [
        RevocationMode::Hard,
        RevocationMode::Grace { hours: 720 },
        RevocationMode::Soft,
    ] {
        let check = RevocationCheck {
            mode,
            source: &*fixtures::EVIDENCE,
        };
        let judging = Judging::new(&fixtures::ANCHORS_WITH_LISTS, fixtures::instant())
            .through(&between)
            .checking(check);
        match judge_path(certificate, &judging) {
            Ok(judged) => {
                assert!(
                    fixtures::CERTIFICATES
                        .iter()
                        .any(|known| known == certificate.der())
                );
                assert!(!is_named, "{mode:?}: {judged:?}");
                assert!(mode == RevocationMode::Soft || judged.revocation().is_known());
            }
            Err(rejection) => assert!(!rejection.reason().is_empty()),
        }
    }
}

/// The originals that stand in lists.
const NAMED: [&str; 4] = [
    "leaf-revoked",
    "leaf-suspended",
    "leaf-twenty-byte-serial",
    "leaf-leading-zero-serial",
];

/// As an intermediate it opens a path only if it is the fixtures' own, as an anchor only to what its key signed.
fn check_as_authority(certificate: &Certificate) {
    let known = |name: &str| Certificate::parse(&fixtures::read(&format!("pki/{name}.der"))).unwrap();
    let root = TrustAnchor::new(known("ca-cie-root"), AnchorKind::Test).unwrap();
    let anchors = TrustAnchors::from_iter([root]);
    let between = std::slice::from_ref(certificate);
    let at = fixtures::instant();
    let below = CertvalValidator.validate(&known("leaf-cie"), between, &anchors, at);
    assert!(below.is_err() || *certificate == known("ca-cie-sub"));

    if let Ok(anchor) = TrustAnchor::new(certificate.clone(), AnchorKind::Test) {
        let anchors = TrustAnchors::from_iter([anchor]);
        let leaf = Certificate::parse(&fixtures::card_certificate("cns-st")).unwrap();
        let below = CertvalValidator.validate(&leaf, &[], &anchors, at);
        assert!(below.is_err() || certificate.key_sha256() == known("ca-cns").key_sha256());
    }
}

/// Those of the fixtures, and some of the public vectors.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures::CERTIFICATES.clone();
    seeds.extend(
        fixtures::files("vectors/pkits/certs", "crt")
            .into_iter()
            .step_by(8),
    );
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_seeds_are_judged_good() {
        let good = |der: &Vec<u8>| judge(Certificate::parse(der).unwrap()).is_ok();
        assert!(seeds().iter().filter(|der| good(der)).count() >= 4);
    }

    #[test]
    fn with_evidence_at_hand_some_seeds_are_good_and_those_that_are_named_are_refused() {
        let check = RevocationCheck {
            mode: RevocationMode::Hard,
            source: &*fixtures::EVIDENCE,
        };
        let judging = Judging::new(&fixtures::ANCHORS_WITH_LISTS, fixtures::instant()).checking(check);
        let code = |der: &[u8]| match judge_path(&Certificate::parse(der).unwrap(), &judging) {
            Ok(judged) => judged.revocation().code(),
            Err(rejection) => rejection.code(),
        };
        let seeds = seeds();
        assert!(seeds.iter().filter(|der| code(der) == "good").count() >= 10);
        for name in NAMED {
            let code = code(&fixtures::read(&format!("pki/{name}.der")));
            assert!(
                ["certificate-revoked", "certificate-suspended"].contains(&code),
                "{name}: {code}"
            );
        }
    }
}
