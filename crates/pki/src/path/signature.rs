//! Signatures on certificates, verified with ring in certval's place.
//!
//! The table is what the house can verify at all, SHA-1 and RSA-1024 included; which of it a path may use is
//! decided by the anchor, after the path holds (see `admit`). Every Italian authority of the trusted list of
//! 2018 signs by RSA with PKCS#1 v1.5, and country signers by RSASSA-PSS since 2020; ECDSA on P-256 and P-384 is there for
//! authorities to come.
//!
//! What is verified of an issuer's certificate is remembered with its bytes, one key for each: every later path through it
//! needs the signatures below it only. The leaf's is verified each time.

use std::sync::Arc;

use certval::{Error, PathValidationStatus, PkiEnvironment, Result, VerifySignatureMessage};
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::der::Encode as _;
use x509_cert::der::asn1::{BitString, ObjectIdentifier};

use crate::Certificate;
use crate::der_reader::DerReader;
use crate::rsa_signature::RsaSignature;
use crate::signed::ecdsa;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Verifies the signatures of one path.
#[derive(Clone)]
pub(super) struct Signatures(Arc<[(Certificate, Certificate)]>);

impl Signatures {
    /// Of a path through `issuers`, listed from the leaf upward, to `anchor`.
    pub(super) fn new(issuers: &[&Certificate], anchor: &Certificate) -> Self {
        let above = issuers.iter().copied().skip(1).chain([anchor]);
        let pairs = issuers.iter().copied().zip(above);
        Self(
            pairs
                .map(|(below, above)| (below.clone(), above.clone()))
                .collect(),
        )
    }

    /// The certificate of an issuer in this path whose signed bytes and signature these are, with the one above it, whose
    /// key this is.
    fn issuer(
        &self,
        message: &[u8],
        signature: &BitString,
        key: &SubjectPublicKeyInfoOwned,
    ) -> Option<&(Certificate, Certificate)> {
        self.0.iter().find(|(below, above)| {
            let above = above.prepared().decoded().tbs_certificate();
            below.prepared().decoded().signature() == signature
                && below.signed_part() == Some(message)
                && above.subject_public_key_info() == key
        })
    }
}

impl VerifySignatureMessage for Signatures {
    fn verify_signature_message(
        &self,
        _: &PkiEnvironment,
        message: &[u8],
        signature: &BitString,
        algorithm: &AlgorithmIdentifierOwned,
        key: &SubjectPublicKeyInfoOwned,
    ) -> Result<()> {
        let issuer = self.issuer(message, signature, key);
        if let Some((below, above)) = issuer
            && below.prepared().is_known_to_be_signed_by(&above.key_sha256())
        {
            return Ok(());
        }
        verify(message, signature, algorithm, key)?;
        if let Some((below, above)) = issuer {
            below.prepared().remember_signed_by(above.key_sha256());
        }
        Ok(())
    }
}

/// Verifies `signature` over `message` with the key in `key`.
fn verify(
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

#[cfg(test)]
mod tests;
