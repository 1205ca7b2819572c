//! Private keys of played cards: PKCS#8 DER from a profile's folder.

use varco_emulator::{KeyError, PlayedKey};

use crate::fixtures;

/// A key that is taken has one of the two sizes and computes blocks of it, whatever its numbers are.
pub fn target(data: &[u8]) {
    let key = match PlayedKey::from_pkcs8_der(data) {
        Ok(key) => key,
        Err(error) => {
            assert!(matches!(error, KeyError::NotRsa | KeyError::Size(_)));
            return;
        }
    };
    let length = key.modulus_bytes();
    assert!(length == 128 || length == 256);
    let mut block = vec![0x5A; length];
    block[0] = 0;
    if let Some(result) = key.raw(&block) {
        assert_eq!(result.len(), length);
    }
    assert!(key.raw(&vec![0xFF; length]).is_none() && key.raw(&block[1..]).is_none());
}

/// One of each size.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        fixtures::read("cards/cns-st/key.p8"),
        fixtures::read("cards/cns-athena/key.p8"),
    ]
}
