//! X.509 certificates, and the verdict on them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco_pki::{
    AnchorKind, Certificate, CertvalValidator, ChainValid, Judging, PathValidator, Rejection,
    RevocationCheck, TrustAnchor, TrustAnchors, der_total_length, judge_cns,
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
}
