//! Two-key 3DES in CBC with padding, and the retail MAC: what a session encrypts and protects with (ISO/IEC 9797-1
//! padding method 2 and MAC algorithm 3; ICAO 9303-11 §9.8, `[cie §3.6]`).
//!
//! Not here: what is encrypted, and the counter (`session`).

use core::fmt;

use cbc::cipher::block_padding::Iso7816;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use des::{Des, TdesEde2};
use retail_mac::{KeyInit, Mac, RetailMac};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Bytes of a block, and of a MAC.
pub(crate) const BLOCK_BYTES: usize = 8;
const KEY_BYTES: usize = 16;
/// Of both directions, always [cie §3.6].
const ZERO_IV: [u8; BLOCK_BYTES] = [0; BLOCK_BYTES];

/// The two keys of a session. Wiped on drop, and they do not print.
pub struct SessionKeys {
    encryption: Zeroizing<[u8; KEY_BYTES]>,
    authentication: Zeroizing<[u8; KEY_BYTES]>,
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKeys(hidden)")
    }
}

impl SessionKeys {
    /// These keys: for encryption, then for the MAC.
    #[must_use]
    pub fn new(encryption: Zeroizing<[u8; KEY_BYTES]>, authentication: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self {
            encryption,
            authentication,
        }
    }

    /// From a shared secret: the first half of SHA-256 over the secret and a counter of four bytes, 1 for encryption and
    /// 2 for the MAC `[cie §3.4]`.
    #[must_use]
    pub fn from_shared_secret(secret: &[u8]) -> Self {
        let derive = |counter: u32| {
            let hash = Zeroizing::new(<[u8; 32]>::from(
                Sha256::new()
                    .chain_update(secret)
                    .chain_update(counter.to_be_bytes())
                    .finalize(),
            ));
            let mut key = Zeroizing::new([0; KEY_BYTES]);
            for (slot, byte) in key.iter_mut().zip(hash.iter()) {
                *slot = *byte;
            }
            key
        };
        Self::new(derive(1), derive(2))
    }

    /// Pads and encrypts.
    pub(crate) fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        cbc::Encryptor::<TdesEde2>::new(&(*self.encryption).into(), &ZERO_IV.into())
            .encrypt_padded_vec::<Iso7816>(plain)
    }

    /// Decrypts and takes the padding off; `None` for anything else than full blocks that end in padding.
    pub(crate) fn decrypt(&self, cryptogram: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        cbc::Decryptor::<TdesEde2>::new(&(*self.encryption).into(), &ZERO_IV.into())
            .decrypt_padded_vec::<Iso7816>(cryptogram)
            .ok()
            .map(Zeroizing::new)
    }

    fn mac(&self, message: &[u8]) -> RetailMac<Des> {
        let mut mac = RetailMac::<Des>::new(&(*self.authentication).into());
        mac.update(message);
        // The crate fills the last block with zeros only.
        mac.update(&[0x80]);
        mac
    }

    /// The MAC over a message, which is padded.
    pub(crate) fn authenticate(&self, message: &[u8]) -> [u8; BLOCK_BYTES] {
        self.mac(message).finalize().into_bytes().into()
    }

    /// Whether this is the MAC over a message, in constant time.
    pub(crate) fn is_authentic(&self, message: &[u8], mac: &[u8]) -> bool {
        self.mac(message).verify_slice(mac).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheets_secret_gives_the_sheets_keys() {
        let secret: Vec<u8> = (0..=255).collect();
        let keys = SessionKeys::from_shared_secret(&secret);
        let hex = |key: &[u8]| key.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        assert_eq!(hex(&keys.encryption[..]), "20D0CA4184B64CF791DA828CC135E354");
        assert_eq!(hex(&keys.authentication[..]), "9B0BB985660ADF0B819D798B8A6D9071");
        assert_eq!(format!("{keys:?}"), "SessionKeys(hidden)");
    }

    #[test]
    fn what_is_no_padded_cryptogram_is_refused() {
        let keys = SessionKeys::from_shared_secret(b"");
        assert!(keys.decrypt(&keys.encrypt(b"")).unwrap().is_empty());
        for cryptogram in [&[][..], &[0; 7], &[0; 9]] {
            assert_eq!(keys.decrypt(cryptogram), None);
        }
        let mut cut = keys.encrypt(&[0x11; 20]);
        cut.truncate(16);
        assert_eq!(keys.decrypt(&cut), None);
    }
}
