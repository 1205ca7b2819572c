//! The question as bytes (RFC 6960 §4.1): one certificate, not signed, with a nonce or without.
//!
//! Not here: reading requests, and sending them.

use super::oid;
use crate::Certificate;
use crate::der_reader::tag;

/// An OCSP request about one certificate.
///
/// The certificate is named by SHA-1 hashes, which every responder knows (RFC 5019 §2.1.1). They say which certificate is
/// meant and secure nothing: the response is signed.
#[derive(Clone, PartialEq, Eq)]
pub struct OcspRequest {
    der: Vec<u8>,
    nonce: Option<[u8; 32]>,
}

impl OcspRequest {
    /// A request about `certificate`, which `issuer` issued. A nonce is random, and sent once (RFC 9654 §2.1); without one a
    /// responder may answer with a response made earlier.
    #[must_use]
    pub fn new(certificate: &Certificate, issuer: &Certificate, nonce: Option<[u8; 32]>) -> Self {
        let sha1 = object(
            tag::SEQUENCE,
            &[
                &object(tag::OBJECT_IDENTIFIER, &[oid::SHA1]),
                &object(tag::NULL, &[]),
            ],
        );
        let name_hash =
            ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate.issuer_der());
        let certificate_id = object(
            tag::SEQUENCE,
            &[
                &sha1,
                &object(tag::OCTET_STRING, &[name_hash.as_ref()]),
                &object(tag::OCTET_STRING, &[&issuer.key_sha1()]),
                &object(tag::INTEGER, &[certificate.serial()]),
            ],
        );
        let requests = object(tag::SEQUENCE, &[&object(tag::SEQUENCE, &[&certificate_id])]);
        let extensions = nonce.map(|nonce| {
            let extension = object(
                tag::SEQUENCE,
                &[
                    &object(tag::OBJECT_IDENTIFIER, &[oid::NONCE]),
                    &object(tag::OCTET_STRING, &[&nonce_value(&nonce)]),
                ],
            );
            object(tag::CONTEXT_2, &[&object(tag::SEQUENCE, &[&extension])])
        });
        let to_be_signed = object(tag::SEQUENCE, &[&requests, &extensions.unwrap_or_default()]);
        Self {
            der: object(tag::SEQUENCE, &[&to_be_signed]),
            nonce,
        }
    }

    /// The request in DER; its media type is `application/ocsp-request`.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.der.clone()
    }

    /// The nonce in it.
    #[must_use]
    pub fn nonce(&self) -> Option<[u8; 32]> {
        self.nonce
    }
}

/// The serial number in a request tells whose certificate it is.
impl core::fmt::Debug for OcspRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OcspRequest({} bytes)", self.der.len())
    }
}

/// The value of a nonce extension: the nonce as an OCTET STRING (RFC 9654 §2.1).
pub(super) fn nonce_value(nonce: &[u8; 32]) -> Vec<u8> {
    object(tag::OCTET_STRING, &[nonce])
}

/// One object in DER. A request stays far below 64 KiB: all that varies is a serial number, and a whole certificate has 16.
pub(super) fn object(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let mut der = vec![tag];
    match length.to_be_bytes() {
        [0, short @ 0..=0x7F] => der.push(short),
        [0, low] => der.extend([0x81, low]),
        [high, low] => der.extend([0x82, high, low]),
    }
    der.extend(content);
    der
}
