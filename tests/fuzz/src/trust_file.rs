//! Files of trust anchors. The store reads paths only, so the bytes go through a file of this thread.

use std::cell::RefCell;
use std::io::{Seek, Write};
use std::sync::LazyLock;

use tempfile::NamedTempFile;
use varco_pki::test_material::FIXTURE_CAS;
use varco_pki::{AnchorKind, Certificate, PublicKey};
use varco_trust_store::load_anchors;

use crate::fixtures;

/// The keys of the fixtures' authorities, as numbers: whatever their encoding, everybody knows them.
static AUTHORITIES: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let read = |name: &str| Certificate::parse(&fixtures::read(&format!("pki/{name}.der"))).unwrap();
    FIXTURE_CAS.iter().map(|ca| read(ca.name).key().clone()).collect()
});

thread_local! {
    static FILE: RefCell<NamedTempFile> = RefCell::new(NamedTempFile::new().unwrap());
}

/// Anchors are authorities, and no file makes test material real trust.
pub fn target(data: &[u8]) {
    FILE.with_borrow_mut(|file| {
        file.rewind().unwrap();
        file.as_file().set_len(0).unwrap();
        file.write_all(data).unwrap();
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
    ]);
    seeds
}
