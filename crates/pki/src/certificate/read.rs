//! Reading with x509-parser and holding the result against a second parser, x509-cert.
//!
//! What both read alike is kept; where they differ on subject, serial, key, algorithm, dates or policies, the
//! certificate is refused: a verdict of one must never be given on what the other saw.

use sha2::{Digest as _, Sha256};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use x509_cert::der::{self, Decode as _, Encode as _};
use x509_cert::ext::pkix::CertificatePolicies;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{CertificateError, PublicKey, SignatureHash, name};
use crate::Timestamp;
use crate::distribution_point::{self, DistributionPoint};
use crate::path::Prepared;

/// Key usage bits as x509-parser counts them: bit 0 is digitalSignature (RFC 5280 §4.2.1.3).
pub(super) const DIGITAL_SIGNATURE: u16 = 1;
/// Bit 1 is nonRepudiation, also called contentCommitment.
pub(super) const NON_REPUDIATION: u16 = 1 << 1;
/// Bit 6 is cRLSign.
pub(super) const CRL_SIGN: u16 = 1 << 6;

/// Most extensions read; real certificates carry about a dozen.
const EXTENSIONS_MAX: usize = 64;

// Object identifiers as encoded: those of extensions are compared in every certificate.
const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 0x0E];
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
const CRL_DISTRIBUTION_POINTS: &[u8] = &[0x55, 0x1D, 0x1F];
const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 0x23];
const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
/// RFC 6960 §4.2.2.2.1.
const OCSP_NO_CHECK: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05];

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";

/// What is kept of a certificate.
pub(super) struct Fields {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) common_name: Option<String>,
    pub(super) subject_serial_number: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) surname: Option<String>,
    pub(super) given_name: Option<String>,
    pub(super) issuer_der: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) key: PublicKey,
    pub(super) key_sha256: [u8; 32],
    pub(super) signature_hash: SignatureHash,
    pub(super) is_ca: bool,
    pub(super) key_usage: Option<u16>,
    pub(super) extended_key_usages: Vec<String>,
    pub(super) policies: Vec<String>,
    pub(super) subject_der: Vec<u8>,
    /// SHA-1 of the public key's bits, by which OCSP names an issuer.
    pub(super) key_sha1: [u8; 20],
    /// SHA-256 of the same bits, not of the whole SubjectPublicKeyInfo.
    pub(super) key_bits_sha256: [u8; 32],
    pub(super) subject_key_identifier: Option<Vec<u8>>,
    pub(super) authority_key_identifier: Option<Vec<u8>>,
    pub(super) crl_points: Vec<DistributionPoint>,
    pub(super) ocsp_addresses: Vec<String>,
    pub(super) has_ocsp_no_check: bool,
    /// Which extensions are critical, dotted.
    pub(super) critical: Vec<String>,
}

/// Reads a certificate whose outer length was checked. What the second parser read is kept for the path validator.
pub(super) fn read(der: &[u8]) -> Result<(Fields, Prepared), CertificateError> {
    let (_, certificate) =
        X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed("structure"))?;
    let second =
        Prepared::read(der).map_err(|_| CertificateError::Malformed("structure, by the second parser"))?;
    agree(&certificate, second.decoded())?;

    let tbs = &certificate.tbs_certificate;
    let mut fields = Fields {
        subject: name::display(tbs.subject()),
        issuer: name::display(tbs.issuer()),
        common_name: name::only(tbs.subject(), name::COMMON_NAME),
        subject_serial_number: name::only(tbs.subject(), name::SERIAL_NUMBER),
        unit: name::only(tbs.subject(), name::ORGANIZATIONAL_UNIT),
        surname: name::only(tbs.subject(), name::SURNAME),
        given_name: name::only(tbs.subject(), name::GIVEN_NAME),
        issuer_der: tbs.issuer().as_raw().to_vec(),
        serial: tbs.raw_serial().to_vec(),
        not_before: instant(tbs.validity().not_before.timestamp()),
        not_after: instant(tbs.validity().not_after.timestamp()),
        key: key(tbs.public_key())?,
        key_sha256: Sha256::digest(tbs.public_key().raw).into(),
        signature_hash: signature_hash(&certificate.signature_algorithm.algorithm.to_id_string()),
        is_ca: false,
        key_usage: None,
        extended_key_usages: Vec::new(),
        policies: Vec::new(),
        subject_der: tbs.subject().as_raw().to_vec(),
        key_sha1: sha1(&tbs.public_key().subject_public_key.data)?,
        key_bits_sha256: Sha256::digest(&tbs.public_key().subject_public_key.data).into(),
        subject_key_identifier: None,
        authority_key_identifier: None,
        crl_points: Vec::new(),
        ocsp_addresses: Vec::new(),
        has_ocsp_no_check: false,
        critical: Vec::new(),
    };
    read_extensions(&certificate, &mut fields)?;
    Ok((fields, second))
}

/// Takes the extensions that profiles ask for. A malformed one is left unread: a dump must still show the
/// certificate, and the path validator refuses it.
fn read_extensions(certificate: &X509Certificate<'_>, fields: &mut Fields) -> Result<(), CertificateError> {
    let extensions = certificate.extensions();
    if extensions.len() > EXTENSIONS_MAX {
        return Err(CertificateError::Malformed("more than 64 extensions"));
    }
    for (index, extension) in extensions.iter().enumerate() {
        if extensions
            .iter()
            .take(index)
            .any(|earlier| earlier.oid == extension.oid)
        {
            return Err(CertificateError::Malformed("an extension that occurs twice"));
        }
        if extension.critical {
            fields.critical.push(extension.oid.to_id_string());
        }
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => fields.is_ca = constraints.ca,
            ParsedExtension::KeyUsage(usage) => fields.key_usage = Some(usage.flags),
            ParsedExtension::ExtendedKeyUsage(_) => {
                fields.extended_key_usages = object_identifiers(extension.value);
            }
            ParsedExtension::CertificatePolicies(policies) => {
                fields.policies = policies
                    .iter()
                    .map(|policy| policy.policy_id.to_id_string())
                    .collect();
                if second_policies(extension.value).as_ref() != Some(&fields.policies) {
                    return Err(CertificateError::Ambiguous("policies"));
                }
            }
            _ => read_places(extension.oid.as_bytes(), extension.value, fields),
        }
    }
    Ok(())
}

/// Takes what leads to issuers and revocation; a malformed one is left unread here too.
fn read_places(oid: &[u8], value: &[u8], fields: &mut Fields) {
    match oid {
        SUBJECT_KEY_IDENTIFIER => {
            fields.subject_key_identifier = distribution_point::subject_key_identifier(value).ok();
        }
        AUTHORITY_KEY_IDENTIFIER => {
            fields.authority_key_identifier =
                distribution_point::authority_key_identifier(value).ok().flatten();
        }
        CRL_DISTRIBUTION_POINTS => {
            fields.crl_points = distribution_point::points(value).unwrap_or_default();
        }
        AUTHORITY_INFO_ACCESS => {
            fields.ocsp_addresses = distribution_point::ocsp_addresses(value).unwrap_or_default();
        }
        OCSP_NO_CHECK => fields.has_ocsp_no_check = true,
        // One that cannot be read allows nothing.
        KEY_USAGE => fields.key_usage = Some(0),
        _ => {}
    }
}

fn sha1(bytes: &[u8]) -> Result<[u8; 20], CertificateError> {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let bytes = digest.as_ref().try_into();
    bytes.map_err(|_| CertificateError::Malformed("public key"))
}

/// What the second parser reads of the policies.
fn second_policies(der: &[u8]) -> Option<Vec<String>> {
    let CertificatePolicies(policies) = CertificatePolicies::from_der(der).ok()?;
    let identifiers = policies.iter().map(|policy| policy.policy_identifier.to_string());
    Some(identifiers.collect())
}

/// The dotted identifiers of a SEQUENCE OF OBJECT IDENTIFIER; empty if it is not one.
fn object_identifiers(der: &[u8]) -> Vec<String> {
    let read = Vec::<ObjectIdentifier>::from_der(der).unwrap_or_default();
    read.iter().map(ToString::to_string).collect()
}

/// Holds what both parsers read against each other.
fn agree(first: &X509Certificate<'_>, second: &CertificateInner<Raw>) -> Result<(), CertificateError> {
    let (tbs, other) = (&first.tbs_certificate, second.tbs_certificate());
    let same_der = |bytes: &[u8], encoded: der::Result<Vec<u8>>| encoded.is_ok_and(|der| der == bytes);
    let same_second =
        |instant: i64, other: std::time::Duration| u64::try_from(instant) == Ok(other.as_secs());
    let checks = [
        (
            "subject",
            same_der(tbs.subject().as_raw(), other.subject().to_der()),
        ),
        ("issuer", same_der(tbs.issuer().as_raw(), other.issuer().to_der())),
        (
            "serial number",
            tbs.raw_serial() == other.serial_number().as_bytes(),
        ),
        (
            "public key",
            same_der(tbs.public_key().raw, other.subject_public_key_info().to_der()),
        ),
        (
            "validity",
            same_second(
                tbs.validity().not_before.timestamp(),
                other.validity().not_before.to_unix_duration(),
            ) && same_second(
                tbs.validity().not_after.timestamp(),
                other.validity().not_after.to_unix_duration(),
            ),
        ),
        (
            "signature algorithm",
            tbs.signature == first.signature_algorithm
                && other.signature() == second.signature_algorithm()
                && tbs.signature.algorithm.as_bytes() == other.signature().oid.as_bytes(),
        ),
    ];
    match checks.into_iter().find(|(_, same)| !same) {
        Some((part, _)) => Err(CertificateError::Ambiguous(part)),
        None => Ok(()),
    }
}

/// The end of year 9999 means "no end" (RFC 5280 §4.1.2.5) and is a day past what a timestamp holds.
fn instant(seconds: i64) -> Timestamp {
    let nearest = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(seconds).unwrap_or(nearest)
}

fn key(info: &SubjectPublicKeyInfo<'_>) -> Result<PublicKey, CertificateError> {
    let algorithm = info.algorithm.algorithm.to_id_string();
    match (algorithm.as_str(), info.parsed()) {
        (RSA_ENCRYPTION, Ok(public_key::PublicKey::RSA(rsa))) => {
            let modulus = without_leading_zeros(rsa.modulus);
            let exponent = without_leading_zeros(rsa.exponent);
            if !rsa_key_info(&modulus, &exponent).is_ok_and(|only| only == info.raw) {
                return Err(CertificateError::Malformed("encoding of the RSA public key"));
            }
            let leading = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
            Ok(PublicKey::Rsa {
                bits: modulus.len() * 8 - leading,
                modulus,
                exponent,
            })
        }
        (RSA_ENCRYPTION, _) => Err(CertificateError::Malformed("RSA public key")),
        (EC_PUBLIC_KEY, _) => {
            let curve = info
                .algorithm
                .parameters
                .as_ref()
                .and_then(|any| any.as_oid().ok());
            let curve = curve
                .ok_or(CertificateError::Malformed("elliptic curve"))?
                .to_id_string();
            let point = info.subject_public_key.data.to_vec();
            if !ec_key_info(&curve, &point).is_ok_and(|only| only == info.raw) {
                return Err(CertificateError::Malformed("encoding of the elliptic curve key"));
            }
            Ok(PublicKey::Ec { curve, point })
        }
        _ => Ok(PublicKey::Other { algorithm }),
    }
}

/// The only encoding of an RSA key: DER, and NULL as the algorithm's parameters (RFC 3279 §2.3.1). In another one
/// the same key would have another hash, and test material is known by that hash.
fn rsa_key_info(modulus: &[u8], exponent: &[u8]) -> der::Result<Vec<u8>> {
    let key = [UintRef::new(modulus)?, UintRef::new(exponent)?].to_der()?;
    let algorithm = AlgorithmIdentifierRef {
        oid: ObjectIdentifier::new(RSA_ENCRYPTION)?,
        parameters: Some(AnyRef::NULL),
    };
    let info = SubjectPublicKeyInfoRef {
        algorithm,
        subject_public_key: BitStringRef::from_bytes(&key)?,
    };
    info.to_der()
}

/// The only encoding of a point on a named curve (RFC 5480 §2.1.1): whole bytes, and the curve as the algorithm's
/// parameters. Needed for the same reason.
fn ec_key_info(curve: &str, point: &[u8]) -> der::Result<Vec<u8>> {
    let curve = ObjectIdentifier::new(curve)?;
    let algorithm = AlgorithmIdentifierRef {
        oid: ObjectIdentifier::new(EC_PUBLIC_KEY)?,
        parameters: Some(AnyRef::from(&curve)),
    };
    let info = SubjectPublicKeyInfoRef {
        algorithm,
        subject_public_key: BitStringRef::from_bytes(point)?,
    };
    info.to_der()
}

fn without_leading_zeros(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().skip_while(|byte| *byte == 0).collect()
}

/// Hash of a signature algorithm (RFC 3279, RFC 4055, RFC 5758).
fn signature_hash(algorithm: &str) -> SignatureHash {
    match algorithm {
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.3.14.3.2.29" => SignatureHash::Sha1,
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => SignatureHash::Sha256,
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => SignatureHash::Sha384,
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => SignatureHash::Sha512,
        _ => SignatureHash::Other,
    }
}
