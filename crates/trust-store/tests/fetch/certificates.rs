//! Certificates for the TLS server of these tests, made here from fixed keys: the same bytes on every run, good until 2100.
//!
//! Not here: the fixtures of the project, which are cards and their authorities.

use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// Ed25519 as an AlgorithmIdentifier (RFC 8410 §3).
const ED25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70];

/// A key, from a seed of 32 equal bytes.
pub(crate) struct Key(u8);

impl Key {
    pub(crate) fn new(seed: u8) -> Self {
        Self(seed)
    }

    /// In PKCS #8 (RFC 8410 §7).
    pub(crate) fn pkcs8(&self) -> Vec<u8> {
        let seed = tlv(0x04, &[&tlv(0x04, &[&[self.0; 32]])]);
        tlv(0x30, &[&[0x02, 0x01, 0x00], ED25519, &seed])
    }

    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&self.pkcs8()).unwrap()
    }
}

/// One object of DER, its content in parts.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = match content.len() {
        short @ ..0x80 => vec![short as u8],
        middle @ ..0x100 => vec![0x81, middle as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag], length.as_slice(), &content].concat()
}

fn name(common_name: &str) -> Vec<u8> {
    let value = tlv(0x0C, &[common_name.as_bytes()]);
    let attribute = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03], &value]);
    tlv(0x30, &[&tlv(0x31, &[&attribute])])
}

/// An extension 2.5.29.x.
fn extension(last: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1D, last], &tlv(0x04, &[value])])
}

fn certificate(
    issuer: &str,
    issuer_key: &Key,
    subject: &str,
    key: &Key,
    extension: &[u8],
    ends: &str,
) -> Vec<u8> {
    let validity = tlv(
        0x30,
        &[&tlv(0x17, &[b"200101000000Z"]), &tlv(0x18, &[ends.as_bytes()])],
    );
    let pair = key.pair();
    let public = tlv(0x30, &[ED25519, &tlv(0x03, &[&[0], pair.public_key().as_ref()])]);
    let tbs = tlv(
        0x30,
        &[
            &[0xA0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01],
            ED25519,
            &name(issuer),
            &validity,
            &name(subject),
            &public,
            &tlv(0xA3, &[&tlv(0x30, &[extension])]),
        ],
    );
    let signature = issuer_key.pair().sign(&tbs);
    tlv(0x30, &[&tbs, ED25519, &tlv(0x03, &[&[0], signature.as_ref()])])
}

/// A self-signed authority.
pub(crate) fn authority(key: &Key) -> Vec<u8> {
    let is_ca = extension(0x13, &[0x30, 0x03, 0x01, 0x01, 0xFF]);
    certificate("test CA", key, "test CA", key, &is_ca, "21000101000000Z")
}

/// A server's certificate for one host name, by an authority.
pub(crate) fn server(host: &str, key: &Key, authority: &Key, ends: &str) -> Vec<u8> {
    let names = extension(0x11, &tlv(0x30, &[&tlv(0x82, &[host.as_bytes()])]));
    certificate("test CA", authority, "test server", key, &names, ends)
}
