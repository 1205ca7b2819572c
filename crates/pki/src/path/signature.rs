//! Signatures on certificates, verified with ring in certval's place.
//!
//! The table is what the house can verify at all, SHA-1 and RSA-1024 included; which of it a path may use is
//! decided by the anchor, after the path holds (see `admit`). Only PKCS#1 v1.5 with RSA is in it: every Italian
//! authority of the trusted list of 2018 signs so.

use certval::{Error, PathValidationStatus, PkiEnvironment, Result};
use ring::signature::{self as algorithms, UnparsedPublicKey, VerificationAlgorithm};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::der::asn1::{BitString, ObjectIdentifier};

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const SHA1_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const SHA384_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA512_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

/// Verifies `signature` over `message` with the key in `key`.
pub(super) fn verify(
    _: &PkiEnvironment,
    message: &[u8],
    signature: &BitString,
    algorithm: &AlgorithmIdentifierOwned,
    key: &SubjectPublicKeyInfoOwned,
) -> Result<()> {
    let failed = Error::PathValidation(PathValidationStatus::SignatureVerificationFailure);
    let verifier = verifier(algorithm.oid, key).ok_or(failed)?;
    let signature = signature.as_bytes().ok_or(failed)?;
    UnparsedPublicKey::new(verifier, key.subject_public_key.raw_bytes())
        .verify(message, signature)
        .map_err(|_| failed)
}

/// The verifier for a signature algorithm, where the key is an RSA key (RFC 3279, RFC 4055).
fn verifier(
    algorithm: ObjectIdentifier,
    key: &SubjectPublicKeyInfoOwned,
) -> Option<&'static dyn VerificationAlgorithm> {
    if key.algorithm.oid != RSA_ENCRYPTION {
        return None;
    }
    match algorithm {
        SHA1_WITH_RSA => Some(&algorithms::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        SHA256_WITH_RSA => Some(&algorithms::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        SHA384_WITH_RSA => Some(&algorithms::RSA_PKCS1_2048_8192_SHA384),
        SHA512_WITH_RSA => Some(&algorithms::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        _ => None,
    }
}
