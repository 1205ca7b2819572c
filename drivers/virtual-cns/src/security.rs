//! The security environment and the keys of a CNS: MSE RESTORE and SET, PSO DECIPHER, PSO COMPUTE DIGITAL
//! SIGNATURE [cns §4].
//!
//! Not here: whether the PIN was verified; the card checks it before any of the PSO.

use varco_apdu::{FileId, StatusWord, tlv};
use varco_emulator::PlayedKey;
use zeroize::Zeroizing;

use crate::schema::SignatureInput;

/// What stands before the digest, and its length, for SHA-1 and SHA-256 [cns §4.2].
const KNOWN_DIGESTS: [(&[u8], usize); 2] = [
    (
        &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14,
        ],
        20,
    ),
    (
        &[
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0x00, 0x04, 0x20,
        ],
        32,
    ),
];

/// How a make of card manages its keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecurityHabits {
    /// The number that RESTORE must name.
    pub(crate) environment: u8,
    /// Whether SET takes P1 = 41 too.
    pub(crate) iso_mse: bool,
    /// Whether PSO 80 86 is there.
    pub(crate) decipher: bool,
    /// Whether PSO 9E 9A is there, and what it takes.
    pub(crate) signature: Option<SignatureInput>,
}

/// A key of a card.
#[derive(Debug)]
pub(crate) struct CardKey {
    pub(crate) reference: u8,
    pub(crate) key: PlayedKey,
    /// The directory that must be current when it is used.
    pub(crate) folder: Option<Vec<FileId>>,
}

/// What the current security environment says. A reset forgets it.
#[derive(Clone, Copy, Default, Debug)]
struct Environment {
    restored: bool,
    decipher: Option<u8>,
    sign: Option<u8>,
}

/// The keys of a card and the environment that chooses among them.
#[derive(Debug)]
pub(crate) struct KeyRing {
    keys: Vec<CardKey>,
    habits: SecurityHabits,
    environment: Environment,
}

impl KeyRing {
    pub(crate) fn new(keys: Vec<CardKey>, habits: SecurityHabits) -> Self {
        Self {
            keys,
            habits,
            environment: Environment::default(),
        }
    }

    pub(crate) fn reset(&mut self) {
        self.environment = Environment::default();
    }

    fn key(&self, reference: u8) -> Option<&CardKey> {
        self.keys.iter().find(|key| key.reference == reference)
    }

    /// MANAGE SECURITY ENVIRONMENT: P1 = F3 restores, F1 (or 41) sets a template [cns §4.1].
    pub(crate) fn manage(&mut self, p1: u8, p2: u8, data: &[u8]) -> StatusWord {
        match (p1, p2) {
            (0xF3, _) => self.restore(p2, data),
            (0xF1, 0xB6 | 0xB8) => self.set(p2, data),
            (0x41, 0xB6 | 0xB8) if self.habits.iso_mse => self.set(p2, data),
            _ => StatusWord::WRONG_P1P2,
        }
    }

    fn restore(&mut self, number: u8, data: &[u8]) -> StatusWord {
        if !data.is_empty() {
            return StatusWord::WRONG_LENGTH;
        }
        if number != self.habits.environment {
            return StatusWord::REFERENCED_DATA_NOT_FOUND;
        }
        self.environment = Environment {
            restored: true,
            ..Environment::default()
        };
        StatusWord::SUCCESS
    }

    /// The template holds the key's reference in tag 83, even for a private key.
    fn set(&mut self, template: u8, data: &[u8]) -> StatusWord {
        let Ok(objects) = tlv::read(data) else {
            return StatusWord::WRONG_DATA;
        };
        let [object] = objects.as_slice() else {
            return StatusWord::WRONG_DATA;
        };
        let Some(&[reference]) = object.bytes().filter(|_| object.tag == 0x83) else {
            return StatusWord::WRONG_DATA;
        };
        if self.key(reference).is_none() {
            return StatusWord::REFERENCED_DATA_NOT_FOUND;
        }
        let slot = match template {
            0xB8 => &mut self.environment.decipher,
            _ => &mut self.environment.sign,
        };
        *slot = Some(reference);
        StatusWord::SUCCESS
    }

    /// PERFORM SECURITY OPERATION. DECIPHER takes 00 and a block of modulus length; the signature command takes the block
    /// alone, or a DigestInfo that the card pads. All give the raw private operation on the block [cns §4.2].
    /// `stands_in` tells whether a directory is the current one: a key with a folder is not usable elsewhere [cns §9].
    pub(crate) fn perform(
        &self,
        (p1, p2): (u8, u8),
        data: &[u8],
        stands_in: impl Fn(&[FileId]) -> bool,
    ) -> Result<Zeroizing<Vec<u8>>, StatusWord> {
        let (chosen, input) = match ((p1, p2), self.habits.signature) {
            ((0x80, 0x86), _) if self.habits.decipher => (self.environment.decipher, None),
            ((0x9E, 0x9A), Some(input)) => (self.environment.sign, Some(input)),
            _ => return Err(StatusWord::WRONG_P1P2),
        };
        let CardKey { key, folder, .. } = chosen
            .filter(|_| self.environment.restored)
            .and_then(|reference| self.key(reference))
            .ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        if folder.as_ref().is_some_and(|folder| !stands_in(folder)) {
            return Err(StatusWord::REFERENCE_DATA_NOT_USABLE);
        }
        match input {
            None => {
                let (indicator, block) = data
                    .split_first()
                    .filter(|(_, block)| block.len() == key.modulus_bytes())
                    .ok_or(StatusWord::WRONG_LENGTH)?;
                if *indicator != 0x00 {
                    return Err(StatusWord::WRONG_DATA);
                }
                key.raw(block).ok_or(StatusWord::WRONG_DATA)
            }
            Some(SignatureInput::Block) if data.len() != key.modulus_bytes() => Err(StatusWord::WRONG_LENGTH),
            Some(SignatureInput::Block) => key.raw(data).ok_or(StatusWord::WRONG_DATA),
            Some(SignatureInput::DigestInfo) => {
                let block = padded(data, key.modulus_bytes()).ok_or(StatusWord::WRONG_DATA)?;
                key.raw(&block).ok_or(StatusWord::WRONG_DATA)
            }
        }
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2) around a DigestInfo of SHA-1 or SHA-256; `None` for anything else.
fn padded(digest_info: &[u8], modulus_bytes: usize) -> Option<Zeroizing<Vec<u8>>> {
    let is_known = KNOWN_DIGESTS.iter().any(|(prefix, digest_bytes)| {
        digest_info
            .strip_prefix(*prefix)
            .is_some_and(|digest| digest.len() == *digest_bytes)
    });
    let filler_bytes = modulus_bytes
        .checked_sub(digest_info.len() + 3)
        .filter(|filler_bytes| is_known && *filler_bytes >= 8)?;
    let mut block = Zeroizing::new(vec![0x00, 0x01]);
    block.resize(2 + filler_bytes, 0xFF);
    block.push(0x00);
    block.extend_from_slice(digest_info);
    Some(block)
}
