//! The structure that the card signs, version 2.
//!
//! # Byte for byte
//! A fixed context, then ten fields in this order. Each field is its length in two bytes, big-endian, followed by
//! that many bytes.
//!
//! | part | bytes | content |
//! |---|---|---|
//! | context | 14 | ASCII `VARCO-AUTH v2`, then 00; no length before it |
//! | suite | 2 + 16, 14 | ASCII `rsa-pkcs1-sha256` or `rsa-pss-sha256`: the scheme |
//! | flow | 2 + 5, 6 | ASCII `local`: reader and verifier are one program; `remote`: a relying party's nonce and audience are answered by a [`Proof`](crate::Proof) |
//! | audience | 2 + 1..=255 | UTF-8 of [`Audience`] |
//! | random | 2 + 32 | bytes drawn for this challenge |
//! | nonce | 2 + 0, 16..=64 | the relying party's [`Nonce`], empty where it gave none; never empty in the flow `remote` |
//! | leaf | 2 + 32 | SHA-256 of the card's certificate in DER |
//! | issued at | 2 + 8 | seconds since 1970-01-01T00:00:00Z, signed, big-endian |
//! | not after | 2 + 8 | the last second at which the answer is taken, likewise |
//! | reader kind | 2 + 3..=6 | ASCII `pcsc`, `nfc`, `played` or `other` |
//! | card number | 2 + 0..=32 | ASCII letters and digits: the card's number as it was read, empty where it was not |
//!
//! The card signs it by RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), or by RSASSA-PSS where the caller wants it
//! ([`Challenge::signed_by`](crate::Challenge::signed_by)). The first byte is no TLS handshake type, so that no structure is a
//! TLS 1.2 CertificateVerify transcript; TLS 1.3 puts 64 spaces first. The certificate's hash inside keeps an answer from being
//! claimed for another certificate.
//!
//! Not here: who fills it in (`challenge` before the card signs, `proof` at the relying party).

use varco_pki::SignatureScheme;

use crate::{Audience, Exchange, Flow, Nonce};

const CONTEXT: &[u8] = b"VARCO-AUTH v2\0";

/// All that is signed but the certificate's hash.
pub(crate) struct Structure<'s> {
    pub(crate) scheme: SignatureScheme,
    pub(crate) flow: Flow,
    pub(crate) audience: &'s Audience,
    pub(crate) random: &'s [u8; 32],
    pub(crate) nonce: Option<&'s Nonce>,
    pub(crate) issued_at_s: i64,
    pub(crate) not_after_s: i64,
    pub(crate) exchange: &'s Exchange,
}

impl Structure<'_> {
    /// The bytes, for the certificate of this hash.
    pub(crate) fn bytes(&self, leaf_sha256: &[u8; 32]) -> Vec<u8> {
        let fields: [&[u8]; 10] = [
            self.scheme.name().as_bytes(),
            self.flow.name().as_bytes(),
            self.audience.as_str().as_bytes(),
            self.random,
            self.nonce.map_or(&[][..], Nonce::as_bytes),
            leaf_sha256,
            &self.issued_at_s.to_be_bytes(),
            &self.not_after_s.to_be_bytes(),
            self.exchange.reader_kind.name().as_bytes(),
            self.exchange.card_number.as_str().as_bytes(),
        ];
        let mut structure = CONTEXT.to_vec();
        for field in fields {
            // No field is longer than an audience, 255 bytes.
            let length = u16::try_from(field.len()).unwrap_or(u16::MAX);
            structure.extend_from_slice(&length.to_be_bytes());
            structure.extend_from_slice(field);
        }
        structure
    }
}
