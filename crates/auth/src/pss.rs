//! EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with SHA-256, MGF1 over SHA-256 and 32 bytes of salt.
//!
//! Cards that do the bare RSA operation sign whatever block they are given, so the host encodes `[cns §4.2]`. No library
//! here offers the encoding without the private key.
//!
//! Not here: verification, which ring does.

use sha2::{Digest as _, Sha256};

const HASH_BYTES: usize = 32;
pub(crate) const SALT_BYTES: usize = 32;

/// The encoded message for a key of this size, as long as its modulus; `None` where the key is too small.
pub(crate) fn encode(
    digest: &[u8; HASH_BYTES],
    salt: &[u8; SALT_BYTES],
    modulus_bits: usize,
) -> Option<Vec<u8>> {
    let encoded_bits = modulus_bits.checked_sub(1)?;
    let encoded_bytes = encoded_bits.div_ceil(8);
    let padding_bytes = encoded_bytes.checked_sub(HASH_BYTES + SALT_BYTES + 2)?;
    let hash = Sha256::new()
        .chain_update([0; 8])
        .chain_update(digest)
        .chain_update(salt)
        .finalize();
    // A modulus of one bit more than full bytes is a byte longer than the encoded message.
    let mut message = vec![0; modulus_bits.div_ceil(8) - encoded_bytes];
    let block = [&vec![0; padding_bytes][..], &[0x01], salt].concat();
    // The bits above the encoded ones are zero: at most seven.
    let first_mask = u8::MAX >> (8 * encoded_bytes - encoded_bits);
    let masks = core::iter::once(first_mask).chain(core::iter::repeat(u8::MAX));
    message.extend(
        block
            .iter()
            .zip(mgf1(&hash, block.len()))
            .zip(masks)
            .map(|((byte, mask), bits)| (byte ^ mask) & bits),
    );
    message.extend_from_slice(&hash);
    message.push(0xBC);
    Some(message)
}

/// MGF1 (RFC 8017 appendix B.2.1): so many bytes from a seed.
fn mgf1(seed: &[u8], length: usize) -> Vec<u8> {
    (0_u32..)
        .flat_map(|counter| {
            Sha256::new()
                .chain_update(seed)
                .chain_update(counter.to_be_bytes())
                .finalize()
        })
        .take(length)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::pkcs8::DecodePrivateKey as _;
    use rsa::traits::PublicKeyParts as _;
    use rsa::{BoxedUint, PrivateKey};

    fn key(card: &str) -> PrivateKey {
        let path = format!(
            "{}/../../fixtures/cards/{card}/key.p8",
            env!("CARGO_MANIFEST_DIR")
        );
        PrivateKey::from_pkcs8_der(&std::fs::read(path).unwrap()).unwrap()
    }

    /// The bare RSA operation, as a card does it.
    fn raw(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
        let number = BoxedUint::from_be_slice(message, key.n().bits_precision()).unwrap();
        let signed = rsa::hazmat::rsa_decrypt_and_check(key, None::<&mut NoRng>, &number).unwrap();
        let bytes = signed.to_be_bytes();
        bytes[bytes.len() - key.size()..].to_vec()
    }

    type NoRng = dyn rsa::rand_core::TryCryptoRng<Error = core::convert::Infallible>;

    #[test]
    fn what_a_bare_key_signs_is_verified_by_ring_and_by_rustcrypto() {
        let message = b"a message that nobody chose";
        for (card, bits) in [("cns-st", 2048), ("cns-athena", 1024)] {
            let key = key(card);
            for salt in [[0; 32], [0xFF; 32], [0x5A; 32]] {
                let digest = Sha256::digest(message);
                let signature = raw(&key, &encode(&digest.into(), &salt, bits).unwrap());
                let (n, e) = (
                    key.n().to_be_bytes_trimmed_vartime(),
                    key.e().to_be_bytes_trimmed_vartime(),
                );
                let public = ring::signature::RsaPublicKeyComponents { n: &n, e: &e };
                let scheme = rsa::Pss::<Sha256>::new();
                key.to_public_key().verify(scheme, &digest, &signature).unwrap();
                if bits >= 2048 {
                    let parameters = &ring::signature::RSA_PSS_2048_8192_SHA256;
                    public.verify(parameters, message, &signature).unwrap();
                    assert!(public.verify(parameters, b"another", &signature).is_err());
                }
            }
        }
    }

    #[test]
    fn every_size_gives_a_message_as_long_as_its_modulus_and_below_it() {
        for bits in 528..560 {
            let message = encode(&[1; 32], &[2; 32], bits).unwrap();
            assert_eq!(message.len(), bits.div_ceil(8));
            let top = u32::try_from(8 * message.len() - bits + 1).unwrap();
            let leading: u32 = message
                .iter()
                .scan(true, |zero, byte| {
                    let counted = if *zero { byte.leading_zeros() } else { 0 };
                    *zero &= *byte == 0;
                    Some(counted)
                })
                .sum();
            assert!(leading >= top, "{bits}");
        }
        assert_eq!(encode(&[1; 32], &[2; 32], 521), None);
        assert_eq!(encode(&[1; 32], &[2; 32], 0), None);
    }
}
