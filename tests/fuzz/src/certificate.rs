//! X.509 certificates, and the verdict on them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco_pki::{Certificate, CertvalValidator, der_total_length, judge_cns};

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

    let intermediates = std::slice::from_ref(&certificate);
    let verdict = judge_cns(
        certificate.clone(),
        intermediates,
        &fixtures::ANCHORS,
        &CertvalValidator,
        fixtures::instant(),
    );
    match verdict {
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
