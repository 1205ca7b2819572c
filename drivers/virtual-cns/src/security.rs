//! The security environment and the keys of a CNS: MSE RESTORE and SET, PSO DECIPHER, PSO COMPUTE DIGITAL
//! SIGNATURE [cns §4].
//!
//! Not here: whether the PIN was verified; the card checks it before any of the PSO.

use varco_apdu::{StatusWord, tlv};
use varco_emulator::PlayedKey;
use zeroize::Zeroizing;

/// How a make of card manages its keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecurityHabits {
    /// The number that RESTORE must name.
    pub(crate) environment: u8,
    /// Whether SET takes P1 = 41 too.
    pub(crate) iso_mse: bool,
    /// Whether PSO 9E 9A is there.
    pub(crate) signature_command: bool,
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
    keys: Vec<(u8, PlayedKey)>,
    habits: SecurityHabits,
    environment: Environment,
}

impl KeyRing {
    pub(crate) fn new(keys: Vec<(u8, PlayedKey)>, habits: SecurityHabits) -> Self {
        Self {
            keys,
            habits,
            environment: Environment::default(),
        }
    }

    pub(crate) fn reset(&mut self) {
        self.environment = Environment::default();
    }

    fn key(&self, reference: u8) -> Option<&PlayedKey> {
        self.keys
            .iter()
            .find(|(of, _)| *of == reference)
            .map(|(_, key)| key)
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

    /// PERFORM SECURITY OPERATION. DECIPHER takes 00 and a block of modulus length, the signature command the
    /// block alone; both give the raw private operation on it [cns §4.2].
    pub(crate) fn perform(&self, p1: u8, p2: u8, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, StatusWord> {
        let chosen = match (p1, p2) {
            (0x80, 0x86) => self.environment.decipher,
            (0x9E, 0x9A) if self.habits.signature_command => self.environment.sign,
            _ => return Err(StatusWord::WRONG_P1P2),
        };
        let key = chosen
            .filter(|_| self.environment.restored)
            .and_then(|reference| self.key(reference))
            .ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        let indicator_bytes = usize::from(p2 == 0x86);
        if data.len() != indicator_bytes + key.modulus_bytes() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let (indicator, block) = data
            .split_at_checked(indicator_bytes)
            .ok_or(StatusWord::WRONG_LENGTH)?;
        if indicator.iter().any(|&byte| byte != 0x00) {
            return Err(StatusWord::WRONG_DATA);
        }
        key.raw(block).ok_or(StatusWord::WRONG_DATA)
    }
}
