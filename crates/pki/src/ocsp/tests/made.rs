//! Responses made for tests: every part can be said otherwise, and the signature holds.
//!
//! The issuer is whoever has the certificate of the played card cns-st, since its private key is public. Not here: anything
//! that a real authority would do.

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

use super::oid;
use crate::Certificate;
use crate::der_reader::tag;
use crate::ocsp::request::object;
use crate::tests::{card_certificate, certificate};

/// [0], implicit NULL.
pub(super) const GOOD: &[u8] = &[0x80, 0];
/// [2], implicit NULL.
pub(super) const UNKNOWN: &[u8] = &[0x82, 0];
/// On 1 May 2026, certificateHold.
pub(super) const REVOKED_AND_HELD: &[u8] = b"\xA1\x16\x18\x0f20260501000000Z\xA0\x03\x0A\x01\x06";

const SHA256_WITH_RSA: &[u8] = &[
    0x30, 13, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 5, 0,
];

pub(super) fn issuer() -> Certificate {
    card_certificate("cns-st")
}

/// What a response says.
pub(super) struct Made {
    pub(super) responder: Vec<u8>,
    /// Whole answers; where there is none of its own, times are those below.
    pub(super) answers: Vec<Vec<u8>>,
    pub(super) this_update: &'static str,
    pub(super) next_update: Option<&'static str>,
    pub(super) extensions: Vec<u8>,
    pub(super) certificates: Vec<Vec<u8>>,
}

impl Default for Made {
    /// Says that leaf-sha384 is good.
    fn default() -> Self {
        Self::saying(GOOD)
    }
}

impl Made {
    pub(super) fn saying(status: &[u8]) -> Self {
        let id = certificate_id(oid::SHA1, &certificate("leaf-sha384"), &issuer());
        Self {
            responder: by_name(&issuer()),
            answers: vec![answer(&id, status)],
            this_update: "20260601100000Z",
            next_update: Some("20260602100000Z"),
            extensions: Vec::new(),
            certificates: Vec::new(),
        }
    }

    /// The whole response.
    pub(super) fn der(&self) -> Vec<u8> {
        let next = self
            .next_update
            .map(|next| object(tag::CONTEXT_0, &[&time(next)]));
        let times = [time(self.this_update), next.unwrap_or_default()].concat();
        let finish = |answer: &Vec<u8>| object(tag::SEQUENCE, &[answer, &times]);
        let answers: Vec<u8> = self.answers.iter().flat_map(finish).collect();
        let data = object(
            tag::SEQUENCE,
            &[
                &self.responder,
                &time("20260601110000Z"),
                &object(tag::SEQUENCE, &[&answers]),
                &self.extensions,
            ],
        );
        let certificates = if self.certificates.is_empty() {
            Vec::new()
        } else {
            let list = object(tag::SEQUENCE, &[&self.certificates.concat()]);
            object(tag::CONTEXT_0, &[&list])
        };
        let basic = object(
            tag::SEQUENCE,
            &[
                &data,
                SHA256_WITH_RSA,
                &object(tag::BIT_STRING, &[&[0], &sign(&data)]),
                &certificates,
            ],
        );
        let bytes = object(
            tag::SEQUENCE,
            &[
                &object(tag::OBJECT_IDENTIFIER, &[oid::BASIC]),
                &object(tag::OCTET_STRING, &[&basic]),
            ],
        );
        object(
            tag::SEQUENCE,
            &[&[tag::ENUMERATED, 1, 0], &object(tag::CONTEXT_0, &[&bytes])],
        )
    }
}

fn time(text: &str) -> Vec<u8> {
    object(tag::GENERALIZED_TIME, &[text.as_bytes()])
}

pub(super) fn by_name(certificate: &Certificate) -> Vec<u8> {
    object(tag::CONTEXT_1, &[certificate.subject_der()])
}

pub(super) fn by_key(hash: &[u8]) -> Vec<u8> {
    object(tag::CONTEXT_2, &[&object(tag::OCTET_STRING, &[hash])])
}

/// An answer without its times.
pub(super) fn answer(id: &[u8], status: &[u8]) -> Vec<u8> {
    [id, status].concat()
}

/// A CertID by one of the two hashes.
pub(super) fn certificate_id(hash: &[u8], leaf: &Certificate, issuer: &Certificate) -> Vec<u8> {
    let (algorithm, key) = match hash {
        oid::SHA1 => (
            &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
            issuer.key_sha1().to_vec(),
        ),
        _ => (&ring::digest::SHA256, issuer.key_bits_sha256().to_vec()),
    };
    object(
        tag::SEQUENCE,
        &[
            &object(tag::SEQUENCE, &[&object(tag::OBJECT_IDENTIFIER, &[hash])]),
            &object(
                tag::OCTET_STRING,
                &[ring::digest::digest(algorithm, leaf.issuer_der()).as_ref()],
            ),
            &object(tag::OCTET_STRING, &[&key]),
            &object(tag::INTEGER, &[leaf.serial()]),
        ],
    )
}

/// Response extensions with a nonce of any length.
pub(super) fn nonce(nonce: &[u8]) -> Vec<u8> {
    let extension = object(
        tag::SEQUENCE,
        &[
            &object(tag::OBJECT_IDENTIFIER, &[oid::NONCE]),
            &object(tag::OCTET_STRING, &[&object(tag::OCTET_STRING, &[nonce])]),
        ],
    );
    object(tag::CONTEXT_1, &[&object(tag::SEQUENCE, &[&extension])])
}

/// PKCS#1 v1.5 signatures take nothing from the random source that ring wants to be given.
fn sign(message: &[u8]) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cards/cns-st/key.p8");
    let key = RsaKeyPair::from_pkcs8(&std::fs::read(path).unwrap()).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
        .unwrap();
    signature
}
