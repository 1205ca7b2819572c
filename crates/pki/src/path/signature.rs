//! Signatures on certificates, verified with ring in certval's place.
//!
//! The table is what the house can verify at all, SHA-1 and RSA-1024 included; which of it a path may use is
//! decided by the anchor, after the path holds (see `admit`). Every Italian authority of the trusted list of
//! 2018 signs by RSA with PKCS#1 v1.5, and country signers by RSASSA-PSS since 2020; ECDSA on P-256 and P-384 is there for
//! authorities to come.

use certval::{Error, PathValidationStatus, PkiEnvironment, Result};
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::der::Encode as _;
use x509_cert::der::asn1::{BitString, ObjectIdentifier};

use crate::der_reader::DerReader;
use crate::rsa_signature::RsaSignature;
use crate::signed::ecdsa;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Verifies `signature` over `message` with the key in `key`.
pub(super) fn verify(
    _: &PkiEnvironment,
    message: &[u8],
    signature: &BitString,
    algorithm: &AlgorithmIdentifierOwned,
    key: &SubjectPublicKeyInfoOwned,
) -> Result<()> {
    let failed = Error::PathValidation(PathValidationStatus::SignatureVerificationFailure);
    let algorithm = algorithm.to_der().map_err(|_| failed)?;
    let verifier = verifier(&algorithm, key).ok_or(failed)?;
    let signature = signature.as_bytes().ok_or(failed)?;
    UnparsedPublicKey::new(verifier, key.subject_public_key.raw_bytes())
        .verify(message, signature)
        .map_err(|_| failed)
}

fn verifier(algorithm: &[u8], key: &SubjectPublicKeyInfoOwned) -> Option<&'static dyn VerificationAlgorithm> {
    match key.algorithm.oid {
        RSA_ENCRYPTION => {
            let scheme = RsaSignature::read(&mut DerReader::new(algorithm)).ok()?;
            Some(scheme.verifier()?)
        }
        EC_PUBLIC_KEY => {
            let curve: ObjectIdentifier = key.algorithm.parameters.as_ref()?.decode_as().ok()?;
            ecdsa(&curve.to_string(), algorithm)
        }
        _ => None,
    }
}
