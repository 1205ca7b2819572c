//! One X.509 certificate, read once and strictly, with what the house needs taken out of it.
//!
//! Two parsers read every certificate and must agree. Whether it is to be believed is not asked here: see
//! [`crate::judge_cns`]. Names in it are outside text; [`Certificate::to_text`] escapes them for a terminal.

mod issuance;
mod name;
mod read;
mod text;

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::path::Prepared;
use crate::signed::{self, SignedFault, Strength};
use crate::{DistributionPoint, Timestamp, der_total_length};

/// Longest certificate read, in bytes. Real ones on cards measure 0.9 to 1.9 kB. `[cns §6]`
pub const CERTIFICATE_LENGTH_MAX: usize = 16 * 1024;

/// Why bytes are not a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// They do not begin with a definite, minimal DER SEQUENCE: blank, compressed or foreign content.
    #[error("content is not a DER certificate")]
    NotDer,
    /// They end before the length that their header tells.
    #[error("certificate is cut short")]
    Truncated,
    /// More bytes follow the certificate.
    #[error("certificate is followed by other bytes")]
    TrailingBytes,
    /// Longer than [`CERTIFICATE_LENGTH_MAX`].
    #[error("certificate is longer than 16 KiB")]
    TooLarge,
    /// The named part breaks X.509.
    #[error("certificate is malformed: {0}")]
    Malformed(&'static str),
    /// Two parsers read the named part differently.
    #[error("certificate is ambiguous: two parsers read its {0} differently")]
    Ambiguous(&'static str),
}

impl CertificateError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotDer => "certificate-not-der",
            Self::Truncated => "certificate-truncated",
            Self::TrailingBytes => "certificate-trailing-bytes",
            Self::TooLarge => "certificate-too-large",
            Self::Malformed(_) => "certificate-malformed",
            Self::Ambiguous(_) => "certificate-ambiguous",
        }
    }
}

/// A public key, as far as the house uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// RSA.
    Rsa {
        /// Length of the modulus in bits.
        bits: usize,
        /// Modulus, big-endian without leading zeros.
        modulus: Vec<u8>,
        /// Public exponent, big-endian without leading zeros.
        exponent: Vec<u8>,
    },
    /// A key on a named elliptic curve.
    Ec {
        /// Object identifier of the curve, dotted.
        curve: String,
        /// The point as encoded (SEC 1).
        point: Vec<u8>,
    },
    /// Any other key.
    Other {
        /// Object identifier of the algorithm, dotted.
        algorithm: String,
    },
}

/// Hash under the signature on a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureHash {
    /// SHA-1: accepted only below a legacy anchor.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// Unknown here, or named in the parameters (RSASSA-PSS).
    Other,
}

/// A certificate, owned. A clone shares what was read.
#[derive(Clone)]
pub struct Certificate(Arc<Content>);

/// What was read of the bytes, by us and by the path validator.
struct Content {
    fields: read::Fields,
    prepared: Prepared,
}

impl Certificate {
    /// Reads one certificate that fills `der` exactly.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let total = der_total_length(der)?;
        match der.len() {
            length if length < total => Err(CertificateError::Truncated),
            length if length > total => Err(CertificateError::TrailingBytes),
            _ => {
                let (fields, prepared) = read::read(der)?;
                Ok(Self(Arc::new(Content { fields, prepared })))
            }
        }
    }

    /// The bytes as read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        self.0.prepared.der()
    }

    /// As the path validator wants it.
    pub(crate) fn prepared(&self) -> &Prepared {
        &self.0.prepared
    }

    /// SHA-256 of the whole certificate.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.der()).into()
    }

    /// SHA-256 of its SubjectPublicKeyInfo in DER: the same for every certificate of one key.
    #[must_use]
    pub fn key_sha256(&self) -> [u8; 32] {
        self.0.fields.key_sha256
    }

    /// Subject for display, most specific part first, escaped (RFC 4514).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.fields.subject
    }

    /// Issuer for display, as [`Certificate::subject`].
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.fields.issuer
    }

    /// The subject's common name as encoded, unescaped; `None` unless there is exactly one.
    #[must_use]
    pub fn subject_common_name(&self) -> Option<&str> {
        self.0.fields.common_name.as_deref()
    }

    /// The subject's serialNumber attribute as encoded, unescaped; `None` unless there is exactly one.
    #[must_use]
    pub fn subject_serial_number(&self) -> Option<&str> {
        self.0.fields.subject_serial_number.as_deref()
    }

    /// The subject's organizational unit as encoded, unescaped, which of a CNS names the administration that issued it
    /// `[cns §6]`; `None` unless there is exactly one.
    #[must_use]
    pub fn subject_organizational_unit(&self) -> Option<&str> {
        self.0.fields.unit.as_deref()
    }

    /// The subject's surname as encoded, unescaped; `None` unless there is exactly one.
    #[must_use]
    pub fn subject_surname(&self) -> Option<&str> {
        self.0.fields.surname.as_deref()
    }

    /// The subject's given name as encoded, unescaped; `None` unless there is exactly one.
    #[must_use]
    pub fn subject_given_name(&self) -> Option<&str> {
        self.0.fields.given_name.as_deref()
    }

    /// Whether another certificate's subject is the same name as this one's, as names are compared in a path
    /// (RFC 5280 §7.1).
    #[must_use]
    pub fn is_namesake_of(&self, other: &Self) -> bool {
        crate::path::same_name(self.subject_der(), other.subject_der())
    }

    /// The issuer's name in DER.
    #[must_use]
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.fields.issuer_der
    }

    /// The subject's name in DER.
    #[must_use]
    pub fn subject_der(&self) -> &[u8] {
        &self.0.fields.subject_der
    }

    /// SHA-1 of the public key's bits (RFC 6960 §4.1.1, issuerKeyHash).
    #[must_use]
    pub fn key_sha1(&self) -> [u8; 20] {
        self.0.fields.key_sha1
    }

    /// The identifier that it gives its own key (RFC 5280 §4.2.1.2).
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.fields.subject_key_identifier.as_deref()
    }

    /// The identifier that it gives its issuer's key (RFC 5280 §4.2.1.1).
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.0.fields.authority_key_identifier.as_deref()
    }

    /// Where its issuer publishes revocation lists, at most 16 places; a malformed extension tells none. Outside text: fetched
    /// only once the path is judged.
    #[must_use]
    pub fn crl_points(&self) -> &[DistributionPoint] {
        &self.0.fields.crl_points
    }

    /// Addresses of OCSP responders about it, at most 16; outside text, as above.
    #[must_use]
    pub fn ocsp_addresses(&self) -> &[String] {
        &self.0.fields.ocsp_addresses
    }

    /// Whether it is a responder's that nobody need ask about (RFC 6960 §4.2.2.2.1).
    pub(crate) fn has_ocsp_no_check(&self) -> bool {
        self.0.fields.has_ocsp_no_check
    }

    /// Whether its key may sign revocation lists: it says so, or restricts nothing (RFC 5280 §6.3.3 (f)).
    pub(crate) fn may_sign_lists(&self) -> bool {
        self.0
            .fields
            .key_usage
            .is_none_or(|bits| bits & read::CRL_SIGN != 0)
    }

    /// Whether its key made `signature` over `message`, by an AlgorithmIdentifier in DER.
    pub(crate) fn has_signed(
        &self,
        algorithm: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<Strength, SignedFault> {
        signed::verify(self.key(), algorithm, message, signature)
    }

    /// The serial number's bytes as encoded.
    pub(crate) fn serial(&self) -> &[u8] {
        &self.0.fields.serial
    }

    /// Serial number in upper-case hexadecimal, every byte as encoded.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex(&self.0.fields.serial)
    }

    /// First instant of validity.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.0.fields.not_before
    }

    /// Last instant of validity.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.0.fields.not_after
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.0.fields.key
    }

    /// Hash under the issuer's signature.
    #[must_use]
    pub fn signature_hash(&self) -> SignatureHash {
        self.0.fields.signature_hash
    }

    /// Whether basic constraints call it the certificate of an authority (RFC 5280 §4.2.1.9).
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.0.fields.is_ca
    }

    /// Whether key usage is stated and includes digitalSignature (RFC 5280 §4.2.1.3).
    #[must_use]
    pub fn may_sign_challenges(&self) -> bool {
        self.0
            .fields
            .key_usage
            .is_some_and(|bits| bits & read::DIGITAL_SIGNATURE != 0)
    }

    /// Whether key usage includes nonRepudiation: a key for signing documents.
    #[must_use]
    pub fn may_sign_documents(&self) -> bool {
        self.0
            .fields
            .key_usage
            .is_some_and(|bits| bits & read::NON_REPUDIATION != 0)
    }

    /// Extended key usages, dotted object identifiers in the order of the certificate.
    #[must_use]
    pub fn extended_key_usages(&self) -> &[String] {
        &self.0.fields.extended_key_usages
    }

    /// Certificate policies, dotted object identifiers in the order of the certificate.
    #[must_use]
    pub fn policies(&self) -> &[String] {
        &self.0.fields.policies
    }

    /// A dump for people, lines ended by `\n`, with control and direction-changing characters escaped.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::dump(self)
    }

    /// PEM with lines of 64 characters, ended by `\n` (RFC 7468).
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut pem = String::from("-----BEGIN CERTIFICATE-----");
        for (index, character) in STANDARD.encode(self.der()).chars().enumerate() {
            if index.is_multiple_of(64) {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem.push_str("\n-----END CERTIFICATE-----\n");
        pem
    }
}

/// By their bytes, from which all else follows.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.der() == other.der()
    }
}

impl Eq for Certificate {}

/// Shows the first bytes of the hash: the subject of a leaf names its holder.
impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: Vec<u8> = self.sha256().into_iter().take(8).collect();
        write!(formatter, "Certificate(sha256 {}..)", hex(&start))
    }
}

/// Upper-case hexadecimal without separators.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests;
