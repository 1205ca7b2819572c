//! Signatures on certificates, verified with ring in certval's place.
//!
//! The table is what the house can verify at all, SHA-1 and RSA-1024 included; which of it a path may use is
//! decided by the anchor, after the path holds (see `admit`). RSASSA-PSS and EdDSA are not in it.

use certval::{Error, PathValidationStatus, PkiEnvironment, Result};
use ring::signature::{self as algorithms, UnparsedPublicKey, VerificationAlgorithm};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::der::asn1::{BitString, ObjectIdentifier};

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";

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

/// The verifier for a signature algorithm and the kind of key that goes with it (RFC 3279, 4055, 5758).
fn verifier(
    algorithm: ObjectIdentifier,
    key: &SubjectPublicKeyInfoOwned,
) -> Option<&'static dyn VerificationAlgorithm> {
    let kind = key.algorithm.oid.to_string();
    let curve = || {
        let parameters = key.algorithm.parameters.as_ref()?;
        parameters
            .decode_as::<ObjectIdentifier>()
            .ok()
            .map(|oid| oid.to_string())
    };
    match (algorithm.to_string().as_str(), kind.as_str()) {
        ("1.2.840.113549.1.1.5", RSA_ENCRYPTION) => {
            Some(&algorithms::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY)
        }
        ("1.2.840.113549.1.1.11", RSA_ENCRYPTION) => {
            Some(&algorithms::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY)
        }
        ("1.2.840.113549.1.1.12", RSA_ENCRYPTION) => Some(&algorithms::RSA_PKCS1_2048_8192_SHA384),
        ("1.2.840.113549.1.1.13", RSA_ENCRYPTION) => {
            Some(&algorithms::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY)
        }
        ("1.2.840.10045.4.3.2", EC_PUBLIC_KEY) => match curve()?.as_str() {
            P256 => Some(&algorithms::ECDSA_P256_SHA256_ASN1),
            P384 => Some(&algorithms::ECDSA_P384_SHA256_ASN1),
            _ => None,
        },
        ("1.2.840.10045.4.3.3", EC_PUBLIC_KEY) => match curve()?.as_str() {
            P256 => Some(&algorithms::ECDSA_P256_SHA384_ASN1),
            P384 => Some(&algorithms::ECDSA_P384_SHA384_ASN1),
            _ => None,
        },
        _ => None,
    }
}
