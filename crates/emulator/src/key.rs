//! Private keys that a played card computes with: raw RSA, as the CNS key does it [cns §4].
//!
//! **Test keys only.** They come from a profile that anyone may read, and the computation is not blinded.
//!
//! Not here: padding. Host or card pads; the key computes.

use core::convert::Infallible;
use core::fmt;

use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::TryCryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, PrivateKey};
use zeroize::Zeroizing;

/// What is not a key that a card can play.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not PKCS#8 DER of an RSA key, or one whose numbers do not fit together.
    #[error("not an RSA private key in PKCS#8 DER")]
    NotRsa,
    /// A modulus other than 1024 or 2048 bits.
    #[error("an RSA key of {0} bits; played cards have 1024 or 2048")]
    Size(usize),
}

/// An RSA private key of 1024 or 2048 bits.
pub struct PlayedKey(PrivateKey);

impl PlayedKey {
    /// Reads PKCS#8 DER.
    ///
    /// # Errors
    /// [`KeyError`] for anything else than an RSA key of 1024 or 2048 bits.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = PrivateKey::from_pkcs8_der(der).map_err(|_| KeyError::NotRsa)?;
        let bits = key.n().bit_width_vartime() as usize;
        match bits {
            1024 | 2048 => Ok(Self(key)),
            _ => Err(KeyError::Size(bits)),
        }
    }

    /// Bytes of the modulus, and so of every block and answer.
    #[must_use]
    pub fn modulus_bytes(&self) -> usize {
        self.0.size()
    }

    /// The raw private operation on a block of modulus length. `None` when the block has another length or its
    /// number is not below the modulus.
    #[must_use]
    pub fn raw(&self, block: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if block.len() != self.modulus_bytes() {
            return None;
        }
        let number = BoxedUint::from_be_slice(block, self.0.n().bits_precision()).ok()?;
        // No randomness, no blinding: nobody who could measure this is to be kept from a test key.
        let no_rng = None::<&mut dyn TryCryptoRng<Error = Infallible>>;
        let result = rsa::hazmat::rsa_decrypt_and_check(&self.0, no_rng, &number).ok()?;
        let bytes = Zeroizing::new(result.to_be_bytes().into_vec());
        let surplus = bytes.len().checked_sub(self.modulus_bytes())?;
        bytes.get(surplus..).map(|bytes| Zeroizing::new(bytes.to_vec()))
    }
}

impl fmt::Debug for PlayedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RSA test key of {} bytes", self.modulus_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rsa::pkcs8::EncodePrivateKey;
    use rsa::traits::PublicKeyParts;

    #[test]
    fn raw_result_is_undone_by_the_public_key() {
        let key = PrivateKey::new(&mut ChaCha8Rng::from_seed([7; 32]), 1024).unwrap();
        let played = PlayedKey::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
        let mut block = vec![0xFF; 128];
        block[0] = 0;
        let result = played.raw(&block).unwrap();
        assert_eq!(result.len(), 128);
        let number = BoxedUint::from_be_slice(&result, 1024).unwrap();
        let back = rsa::hazmat::rsa_encrypt(&key.to_public_key(), &number).unwrap();
        assert_eq!(back.to_be_bytes().as_ref(), block.as_slice());
        // Zero is its own root; the result keeps its length.
        assert_eq!(played.raw(&[0; 128]).unwrap().as_slice(), [0; 128]);
    }

    #[test]
    fn block_of_wrong_length_or_above_the_modulus_is_refused() {
        let key = PrivateKey::new(&mut ChaCha8Rng::from_seed([7; 32]), 1024).unwrap();
        let played = PlayedKey::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
        assert!(played.raw(&[0; 127]).is_none() && played.raw(&[0; 129]).is_none());
        assert!(played.raw(&[0xFF; 128]).is_none());
        assert!(played.raw(&key.n().to_be_bytes()).is_none());
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none() {
        assert_eq!(PlayedKey::from_pkcs8_der(b"0").unwrap_err(), KeyError::NotRsa);
        let odd = PrivateKey::new(&mut ChaCha8Rng::from_seed([7; 32]), 1032).unwrap();
        let der = odd.to_pkcs8_der().unwrap();
        assert_eq!(
            PlayedKey::from_pkcs8_der(der.as_bytes()).unwrap_err(),
            KeyError::Size(1032)
        );
    }
}
