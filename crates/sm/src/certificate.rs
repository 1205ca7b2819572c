//! The certificate of the terminal, which any terminal makes for itself with the public root key `[cie §3.3]`,
//! `[cie §3.5]`.
//!
//! Not here: X.509. This is a card-verifiable certificate (ISO/IEC 7816-8), good for one thing: that the card goes on.

use varco_apdu::tlv::DataObject;

use crate::constants::{
    ROOT_PRIVATE_EXPONENT, TERMINAL_MODULUS, TERMINAL_PRIVATE_EXPONENT, TERMINAL_PUBLIC_EXPONENT,
};
use crate::number::{bits, is_below, padded, power, trimmed};
use crate::{RsaPublicKey, recovery};

/// Profile of the certificate: device authentication with 2048 bits.
const PROFILE: u8 = 0x8A;
/// Device authentication with SHA-256 (2A8122F42A0204 01, then 04).
const PURPOSE: [u8; 9] = [0x2A, 0x81, 0x22, 0xF4, 0x2A, 0x02, 0x04, 0x01, 0x04];
/// The serial number of terminals, which all official clients share.
pub(crate) const TERMINAL_SERIAL: [u8; 8] = [0x20, 0, 0, 0, 0, 0, 0, 0x01];
/// Role of a terminal's key.
const TERMINAL_ROLE: u8 = 0x01;

const SIGNATURE: [u8; 2] = [0x5F, 0x37];
const REMAINDER: [u8; 2] = [0x5F, 0x38];
const AUTHORITY: [u8; 1] = [0x42];
const CERTIFICATE: [u8; 2] = [0x7F, 0x21];

/// What a card tells of the key by which it verifies terminals: modulus, exponent, and whose key it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RootKey {
    key: RsaPublicKey,
    /// Holder reference; its last eight bytes are the authority's.
    reference: [u8; 12],
    /// Holder authorisation; its first six bytes are an application.
    authorisation: [u8; 7],
}

impl RootKey {
    /// Out of the template 7F49 of GET DATA: 81, 82, 5F20, 5F4C.
    #[must_use]
    pub fn read(template: &DataObject) -> Option<Self> {
        let bytes = |tag| template.child(tag)?.bytes();
        Some(Self {
            key: RsaPublicKey::new(bytes(0x81)?, bytes(0x82)?)?,
            reference: bytes(0x5F20)?.try_into().ok()?,
            authorisation: bytes(0x5F4C)?.first_chunk().copied()?,
        })
    }

    /// How the card names the authority.
    fn authority(&self) -> &[u8] {
        self.reference.get(4..).unwrap_or_default()
    }
}

/// The holder reference in the terminal's own certificate.
pub(crate) fn terminal_reference() -> [u8; 12] {
    let mut reference = [0; 12];
    for (slot, byte) in reference.iter_mut().skip(4).zip(TERMINAL_SERIAL) {
        *slot = byte;
    }
    reference
}

/// The data field that PERFORM SECURITY OPERATION, VERIFY CERTIFICATE takes; `None` where the card's root key is not the one
/// whose private exponent is published.
pub(crate) fn terminal_certificate(root: &RootKey) -> Option<Vec<u8>> {
    let modulus = &root.key.modulus;
    let mut body = vec![PROFILE];
    body.extend_from_slice(root.authority());
    body.extend_from_slice(&terminal_reference());
    body.extend_from_slice(root.authorisation.get(..6)?);
    body.push(TERMINAL_ROLE);
    body.extend_from_slice(&PURPOSE);
    body.extend_from_slice(&TERMINAL_MODULUS);
    body.extend_from_slice(&TERMINAL_PUBLIC_EXPONENT);

    let (recoverable, remainder) = body.split_at_checked(recovery::room_bytes(modulus.len())?)?;
    let block = recovery::encode(recoverable, &[remainder]);
    let signature = power(&block, &ROOT_PRIVATE_EXPONENT, modulus)?;
    if root.key.raise(&signature)? != block {
        return None;
    }
    let mut content = Vec::new();
    object(&mut content, &SIGNATURE, &signature)?;
    object(&mut content, &REMAINDER, remainder)?;
    object(&mut content, &AUTHORITY, root.authority())?;
    let mut certificate = Vec::new();
    object(&mut certificate, &CERTIFICATE, &content)?;
    Some(certificate)
}

/// What the terminal's key makes of a block as long as its modulus.
pub(crate) fn sign_as_terminal(block: &[u8]) -> Option<Vec<u8>> {
    power(block, &TERMINAL_PRIVATE_EXPONENT, &TERMINAL_MODULUS).map(|signature| signature.to_vec())
}

/// Bytes of the terminal's modulus.
pub(crate) const TERMINAL_BYTES: usize = TERMINAL_MODULUS.len();

/// One data object; `None` for more than 65,535 bytes.
pub(crate) fn object(into: &mut Vec<u8>, tag: &[u8], value: &[u8]) -> Option<()> {
    let [high, low] = u16::try_from(value.len()).ok()?.to_be_bytes();
    into.extend_from_slice(tag);
    match value.len() {
        0..=0x7F => into.push(low),
        0x80..=0xFF => into.extend_from_slice(&[0x81, low]),
        _ => into.extend_from_slice(&[0x82, high, low]),
    }
    into.extend_from_slice(value);
    Some(())
}

impl RsaPublicKey {
    /// Takes modulus and exponent, big-endian, zeros in front tolerated; `None` for what is no RSA key of 1024 to 4096 bits.
    #[must_use]
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (modulus, exponent) = (trimmed(modulus), trimmed(exponent));
        let is_key = (1024..=4096).contains(&bits(modulus))
            && bits(modulus).is_multiple_of(8)
            && crate::number::is_odd(modulus)
            && crate::number::is_odd(exponent)
            && is_below(&[1], exponent)
            && is_below(exponent, modulus);
        is_key.then(|| Self {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
        })
    }

    /// Bits of the modulus.
    #[must_use]
    pub fn modulus_bits(&self) -> usize {
        bits(&self.modulus)
    }

    /// The block behind a signature, as long as the modulus; `None` for a signature of another length.
    pub(crate) fn raise(&self, signature: &[u8]) -> Option<Vec<u8>> {
        if signature.len() != self.modulus.len() {
            return None;
        }
        let block = power(signature, &self.exponent, &self.modulus)?;
        padded(&block, self.modulus.len())
    }
}
