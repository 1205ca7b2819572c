//! Certificates of terminals and the proofs of both sides, as the card checks and makes them: ISO/IEC 9796-2 with SHA-256
//! `[cie §3.5]`.
//!
//! Not here: when they are due (`security`).

use sha2::{Digest as _, Sha256};
use varco_apdu::tlv;

use crate::number::Modulus;

/// A public RSA key.
#[derive(Debug)]
pub(crate) struct PublicKey {
    modulus: Modulus,
    exponent: Vec<u8>,
}

/// The key by which terminals are verified, and the bytes that GET DATA gives of it.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) key: PublicKey,
    pub(crate) modulus: Vec<u8>,
    pub(crate) exponent: Vec<u8>,
    pub(crate) reference: [u8; 12],
    pub(crate) authorisation: [u8; 7],
}

/// A terminal's certificate that was verified.
#[derive(Debug)]
pub(crate) struct Terminal {
    pub(crate) reference: Vec<u8>,
    key: PublicKey,
}

impl PublicKey {
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        Some(Self {
            modulus: Modulus::new(modulus)?,
            exponent: exponent.to_vec(),
        })
    }

    /// What a signature recovers: the part of the message in it, and its hash.
    fn recover(&self, signature: &[u8]) -> Option<(Vec<u8>, [u8; 32])> {
        if signature.len() != self.modulus.size_bytes() {
            return None;
        }
        let block = self.modulus.power(signature, &self.exponent)?;
        let [0x6A, inner @ .., 0xBC] = block.as_slice() else {
            return None;
        };
        let (part, hash) = inner.split_last_chunk::<32>()?;
        Some((part.to_vec(), *hash))
    }
}

impl Root {
    /// A terminal's certificate, if this key signed it.
    pub(crate) fn verify(&self, data: &[u8]) -> Option<Terminal> {
        let objects = tlv::read(data).ok()?;
        let certificate = tlv::find(&objects, 0x7F21)?;
        let bytes = |tag| certificate.child(tag)?.bytes();
        let (signature, remainder, authority) = (bytes(0x5F37)?, bytes(0x5F38)?, bytes(0x42)?);
        let (part, hash) = self.key.recover(signature)?;
        let body = [&part[..], remainder].concat();
        if <[u8; 32]>::from(Sha256::digest(&body)) != hash {
            return None;
        }
        // Profile, authority, holder, authorisation, purpose, modulus, exponent.
        let (profile, rest) = body.split_first()?;
        let (by, rest) = rest.split_at_checked(8)?;
        let (reference, rest) = rest.split_at_checked(12)?;
        let (authorisation, rest) = rest.split_at_checked(7)?;
        let (_purpose, key) = rest.split_at_checked(9)?;
        let (modulus, exponent) = key.split_at_checked(key.len().checked_sub(4)?)?;
        let is_by_us = by == authority && self.reference.get(4..) == Some(by);
        let is_terminal = *profile == 0x8A && authorisation.last() == Some(&0x01);
        if !is_by_us || !is_terminal {
            return None;
        }
        Some(Terminal {
            reference: reference.to_vec(),
            key: PublicKey::new(modulus, exponent)?,
        })
    }
}

impl Terminal {
    /// Whether the terminal proved its key over these parts.
    pub(crate) fn has_signed(&self, signature: &[u8], parts: &[&[u8]]) -> bool {
        self.key
            .recover(signature)
            .is_some_and(|(filler, hash)| digest(&filler, parts) == hash)
    }
}

/// The block that the card's own key signs.
pub(crate) fn block(filler: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut block = vec![0x6A];
    block.extend_from_slice(filler);
    block.extend_from_slice(&digest(filler, parts));
    block.push(0xBC);
    block
}

fn digest(filler: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(filler);
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}
