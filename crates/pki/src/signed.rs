//! Whether the key of a certificate made a signature over some bytes, by an algorithm identifier.
//!
//! Not here: which algorithms may be used where; what is weak is told, not refused.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

use crate::PublicKey;
use crate::der_reader::{DerReader, NotDer, tag};
use crate::rsa_signature::RsaSignature;

const ECDSA_WITH_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
const ECDSA_WITH_SHA384: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03];
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
/// RSA length in bits below which a key counts as legacy.
pub(crate) const RSA_BITS_MIN: usize = 2048;

/// How strong a signature that holds is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Today's algorithms and lengths.
    Current,
    /// SHA-1, or RSA under 2048 bits.
    Legacy,
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignedFault {
    /// Made by an algorithm, or with a key, that is not verified here.
    Unsupported,
    /// This key did not make it over these bytes.
    Mismatch,
}

/// Verifies `signature` over `message` by the AlgorithmIdentifier in `algorithm` (DER): RSA by PKCS#1 v1.5 or PSS, ECDSA on
/// P-256 and P-384.
pub(crate) fn verify(
    key: &PublicKey,
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<Strength, SignedFault> {
    match key {
        PublicKey::Rsa {
            bits,
            modulus,
            exponent,
        } => {
            let mut reader = DerReader::new(algorithm);
            let scheme = RsaSignature::read(&mut reader).map_err(|_| SignedFault::Unsupported)?;
            reader.end().map_err(|_| SignedFault::Unsupported)?;
            let verifier = scheme.verifier().ok_or(SignedFault::Unsupported)?;
            RsaPublicKeyComponents {
                n: modulus,
                e: exponent,
            }
            .verify(verifier, message, signature)
            .map_err(|_| SignedFault::Mismatch)?;
            if scheme == RsaSignature::Sha1 || *bits < RSA_BITS_MIN {
                Ok(Strength::Legacy)
            } else {
                Ok(Strength::Current)
            }
        }
        PublicKey::Ec { curve, point } => {
            let verifier = ecdsa(curve, algorithm).ok_or(SignedFault::Unsupported)?;
            UnparsedPublicKey::new(verifier, point)
                .verify(message, signature)
                .map_err(|_| SignedFault::Mismatch)?;
            Ok(Strength::Current)
        }
        PublicKey::Other { .. } => Err(SignedFault::Unsupported),
    }
}

/// ring's verifier for ECDSA on a curve (RFC 5758 §3.2).
pub(crate) fn ecdsa(curve: &str, algorithm: &[u8]) -> Option<&'static dyn VerificationAlgorithm> {
    let identifier = |bytes: &[u8]| -> Result<Vec<u8>, NotDer> {
        let mut reader = DerReader::new(bytes);
        let mut inside = reader.enter(tag::SEQUENCE)?;
        reader.end()?;
        let identifier = inside.expect(tag::OBJECT_IDENTIFIER)?.content.to_vec();
        // Parameters are absent.
        inside.end()?;
        Ok(identifier)
    };
    match (curve, identifier(algorithm).ok()?.as_slice()) {
        (P256, ECDSA_WITH_SHA256) => Some(&ECDSA_P256_SHA256_ASN1),
        (P256, ECDSA_WITH_SHA384) => Some(&ECDSA_P256_SHA384_ASN1),
        (P384, ECDSA_WITH_SHA256) => Some(&ECDSA_P384_SHA256_ASN1),
        (P384, ECDSA_WITH_SHA384) => Some(&ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}
