//! Files of trust anchors and of revocation lists. The store reads paths only, so the bytes go through a file of this thread.

use std::cell::RefCell;
use std::io::{Seek, Write};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::NamedTempFile;
use varco_pki::test_material::FIXTURE_CAS;
use varco_pki::{AnchorKind, Certificate, HeldList, PublicKey};
use varco_trust_store::{load_anchors, load_crl, read_crl};

use crate::fixtures;

/// The keys of the fixtures' authorities, as numbers: whatever their encoding, everybody knows them.
static AUTHORITIES: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let read = |name: &str| Certificate::parse(&fixtures::read(&format!("pki/{name}.der"))).unwrap();
    FIXTURE_CAS.iter().map(|ca| read(ca.name).key().clone()).collect()
});

thread_local! {
    static FILE: RefCell<NamedTempFile> = RefCell::new(NamedTempFile::new().unwrap());
}

/// Lists are read all or none; anchors are authorities, and no file makes test material real trust.
pub fn target(data: &[u8]) {
    FILE.with_borrow_mut(|file| {
        file.rewind().unwrap();
        file.as_file().set_len(0).unwrap();
        file.write_all(data).unwrap();
        match load_crl(file.path(), None) {
            Ok(lists) => {
                let held: Vec<&[u8]> = lists.iter().map(HeldList::der).collect();
                assert!(!held.is_empty() && held == read_crl(file.path()).unwrap());
            }
            Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
        }
        for kind in [AnchorKind::Production, AnchorKind::Legacy, AnchorKind::Test] {
            match load_anchors(file.path(), kind) {
                Ok(anchors) => {
                    assert!(!anchors.is_empty());
                    for anchor in anchors {
                        assert!(anchor.kind() == kind && anchor.certificate().is_ca());
                        let test_material = AUTHORITIES.contains(anchor.certificate().key());
                        assert!(kind == AnchorKind::Test || !test_material);
                    }
                }
                Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
            }
        }
    });
}

/// PEM of one and of several, DER, and a leaf that may not be an anchor.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures::files("pki", "pem");
    let bundle = seeds.concat();
    let commented = [b"# who is trusted here\n\n", &seeds[0][..]].concat();
    seeds.extend([
        bundle,
        commented,
        fixtures::read("pki/ca-cns.der"),
        fixtures::read("pki/leaf-cie.der"),
        fixtures::read("vectors/pkits/certs/GoodCACert.crt"),
        fixtures::read("vectors/pkits/crls/GoodCACRL.crl"),
        list_in_pem("GoodCACRL"),
        [list_in_pem("GoodCACRL"), list_in_pem("TrustAnchorRootCRL")].concat(),
    ]);
    seeds
}

fn list_in_pem(name: &str) -> Vec<u8> {
    let der = fixtures::read(&format!("vectors/pkits/crls/{name}.crl"));
    format!(
        "-----BEGIN X509 CRL-----\n{}\n-----END X509 CRL-----\n",
        STANDARD.encode(der)
    )
    .into_bytes()
}
