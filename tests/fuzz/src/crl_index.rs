//! Indexes of revocation lists on disk. They are opened by path, so the bytes go through a file of this thread.
//!
//! Not here: the lists (`crl`), and writers that are killed (`varco-trust-store`).

use std::cell::RefCell;
use std::io::{Seek, Write};
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use varco_pki::{Certificate, KnownList as _, ListFault, Timestamp};
use varco_trust_store::{CrlIndex, CrlIndexError};

use crate::fixtures;

/// Where the head says how long it is, and where the hash of the records stands in it.
const LENGTH: std::ops::Range<usize> = 12..16;
const RECORDS_SHA256: std::ops::Range<usize> = 25..57;

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let signed = |list: &str, signer: &str| {
        let der = fixtures::read(&format!("vectors/pkits/crls/{list}.crl"));
        let signer = certificate(signer);
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("index");
        CrlIndex::build(&der, &signer, Timestamp::UNIX_EPOCH, &place).unwrap();
        std::fs::read(place).unwrap()
    };
    vec![
        signed("GoodCACRL", "GoodCACert"),
        signed("TrustAnchorRootCRL", "TrustAnchorRootCertificate"),
    ]
});

thread_local! {
    static FILE: RefCell<NamedTempFile> = RefCell::new(NamedTempFile::new().unwrap());
}

/// Only what was written is opened. Where somebody makes the hashes fit, the answers are still answers.
pub fn target(data: &[u8]) {
    match open(data) {
        Ok(_) => assert!(SEEDS.iter().any(|seed| seed == data)),
        Err(error) => assert!(error.code().starts_with("crl-index-") && !error.to_string().is_empty()),
    }
    let Some(sealed) = seal(data) else {
        return;
    };
    let Ok(index) = open(&sealed) else {
        return;
    };
    let header = index.header();
    assert!(header.issuer.len() <= data.len() && !header.is_delta);
    assert!(index.fetched_at().is_some());
    for serial in [&[][..], &[1], &[2], &[0x0E], &[0x7F; 20], &[0xFF; 20], data] {
        // The file is not touched in between: every block is what it was.
        index.find(serial).unwrap();
    }
    let checked = index.check_signature(&certificate("GoodCACert"));
    assert!(matches!(
        checked,
        Ok(()) | Err(ListFault::NotSigned | ListFault::Weak)
    ));
}

fn certificate(name: &str) -> Certificate {
    Certificate::parse(&fixtures::read(&format!("vectors/pkits/certs/{name}.crt"))).unwrap()
}

fn open(data: &[u8]) -> Result<CrlIndex, CrlIndexError> {
    FILE.with_borrow_mut(|file| {
        file.rewind().unwrap();
        file.as_file().set_len(0).unwrap();
        file.write_all(data).unwrap();
        CrlIndex::open(file.path())
    })
}

/// The same with hashes that fit, where it has a place for them.
fn seal(data: &[u8]) -> Option<Vec<u8>> {
    let mut sealed = data.to_vec();
    let head_length = u32::from_be_bytes(sealed.get(LENGTH)?.try_into().unwrap()) as usize;
    let records = sealed.get(head_length..)?.chunks(1024);
    let all = records.fold(Sha256::new(), |all, block| {
        all.chain_update(Sha256::digest(block))
    });
    sealed.get_mut(RECORDS_SHA256)?.copy_from_slice(&all.finalize());
    let digest_at = head_length.checked_sub(32)?;
    let digest = Sha256::digest(&sealed[..digest_at]);
    sealed[digest_at..head_length].copy_from_slice(&digest);
    Some(sealed)
}

/// Two indexes.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    SEEDS.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_that_is_sealed_again_is_what_it_was() {
        for seed in seeds() {
            assert_eq!(seal(&seed), Some(seed.clone()));
            assert!(open(&seed).is_ok());
        }
    }
}
