//! The security environment of a CIE: what MANAGE SECURITY ENVIRONMENT set, which proofs were given, and the keys
//! `[cie §2.3]`, `[cie §3.5]`, `[cie §10.2]`.
//!
//! Not here: files and PINs (`card`), protection of messages (`channel`).

use varco_apdu::StatusWord;
use varco_emulator::PlayedKey;
use zeroize::Zeroizing;

use crate::certificate::{Root, Terminal, block};
use crate::channel::{Channel, length};
use crate::key_agreement::{Agreed, Domain};
use crate::random::Random;
use crate::schema::{Behaviour, Fault};

const HOLDER_KEY: u8 = 0x81;
const DEVICE_KEY: u8 = 0x82;
const SERVICE_KEY: u8 = 0x83;
const ROOT_KEY: u8 = 0x84;
/// What a key may be asked to pad: two fifths of 2048 bits [cie §3.8].
const INPUT_MAX_BYTES: usize = 102;

/// The keys of a card.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) holder: PlayedKey,
    pub(crate) device: PlayedKey,
    pub(crate) service: PlayedKey,
    pub(crate) root: Root,
    pub(crate) domain: Domain,
    /// The last eight bytes of the chip's number.
    pub(crate) chip: [u8; 8],
}

/// What a reset forgets.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    terminal_value: Option<Vec<u8>>,
    agreed: Option<Agreed>,
    root_is_selected: bool,
    terminal: Option<Terminal>,
    terminal_is_named: bool,
    challenge: Option<[u8; 8]>,
    /// Of the last proof: the challenge that the counter's new value begins with.
    proven_challenge: Option<[u8; 8]>,
    /// Algorithm and reference of the key that INTERNAL AUTHENTICATE uses.
    key: Option<(u8, u8)>,
}

impl Environment {
    /// Whether the terminal proved its key: PIN and PUK may be used.
    pub(crate) fn is_terminal_proven(&self) -> bool {
        self.proven_challenge.is_some()
    }

    /// What selecting an application by name takes away [cie, additions].
    pub(crate) fn select_application(&mut self) {
        self.root_is_selected = false;
        self.terminal = None;
        self.terminal_is_named = false;
        self.key = Some((0x02, HOLDER_KEY));
    }

    /// MANAGE SECURITY ENVIRONMENT, SET.
    pub(crate) fn set(&mut self, (p1, p2): (u8, u8), data: &[u8], habits: &Behaviour) -> StatusWord {
        let Some(objects) = short_objects(data) else {
            return StatusWord::WRONG_DATA;
        };
        let find = |wanted: u8| {
            objects
                .iter()
                .find(|(tag, _)| *tag == wanted)
                .map(|(_, value)| *value)
        };
        match (p1, p2) {
            (0x41, 0xA6) => match (find(0x80), find(0x83), find(0x91)) {
                (Some(&[0x9B]), Some(&[0x81]), Some(value)) if !value.is_empty() => {
                    *self = Self {
                        terminal_value: Some(value.to_vec()),
                        ..Self::default()
                    };
                    StatusWord::SUCCESS
                }
                _ => StatusWord::WRONG_DATA,
            },
            (0x81, 0xB6) if find(0x83) == Some(&[ROOT_KEY]) => {
                self.root_is_selected = find(0x80) == Some(&[0x41]);
                StatusWord::SUCCESS
            }
            (0x81, 0xB6) if !habits.names_terminal_in_b6 => StatusWord::WRONG_DATA,
            (0x81, 0xA4 | 0xB6) => {
                let named = self.terminal.as_ref().map(|terminal| &terminal.reference[..]);
                self.terminal_is_named = named.is_some() && named == find(0x83);
                StatusWord::SUCCESS
            }
            (0x41, 0xA4) => match (find(0x80), find(0x84)) {
                (Some(&[algorithm]), Some(&[reference])) => {
                    self.key = Some((algorithm, reference));
                    StatusWord::SUCCESS
                }
                _ => StatusWord::WRONG_DATA,
            },
            (0x41 | 0x81, _) => StatusWord::from(0x6A81),
            _ => StatusWord::WRONG_P1P2,
        }
    }

    /// The card's Diffie-Hellman value, and the channel that follows from it.
    pub(crate) fn agree(
        &mut self,
        keys: &Keys,
        random: &mut Random,
        habits: &Behaviour,
    ) -> Result<(Vec<u8>, Channel), StatusWord> {
        let terminal = self
            .terminal_value
            .take()
            .ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
        let agreed = keys
            .domain
            .agree(&terminal, random, habits.fault)
            .ok_or(StatusWord::WRONG_DATA)?;
        let channel = Channel::new(&agreed.secret, habits.outer_status);
        let value = agreed.card.clone();
        self.agreed = Some(agreed);
        Ok((value, channel))
    }

    /// PERFORM SECURITY OPERATION, VERIFY CERTIFICATE.
    pub(crate) fn verify_certificate(&mut self, keys: &Keys, data: &[u8]) -> StatusWord {
        if !self.root_is_selected || self.agreed.is_none() {
            return StatusWord::CONDITIONS_NOT_SATISFIED;
        }
        self.terminal = keys.root.verify(data);
        match self.terminal {
            Some(_) => StatusWord::SUCCESS,
            None => StatusWord::SECURITY_STATUS_NOT_SATISFIED,
        }
    }

    /// GET CHALLENGE: good for the next command.
    pub(crate) fn challenge(&mut self, random: &mut Random) -> Vec<u8> {
        let bytes = random.bytes(8);
        self.challenge = bytes.as_slice().try_into().ok();
        bytes
    }

    /// EXTERNAL AUTHENTICATE.
    pub(crate) fn see_terminal(
        &mut self,
        keys: &Keys,
        challenge: Option<[u8; 8]>,
        data: &[u8],
    ) -> StatusWord {
        let (Some(challenge), Some(agreed), Some(terminal), true) =
            (challenge, &self.agreed, &self.terminal, self.terminal_is_named)
        else {
            return StatusWord::CONDITIONS_NOT_SATISFIED;
        };
        let Some((serial, signature)) = data.split_first_chunk::<8>() else {
            return StatusWord::WRONG_LENGTH;
        };
        let parts = [
            &agreed.terminal[..],
            serial,
            &challenge,
            &agreed.card,
            &keys.domain.g,
            &keys.domain.p,
            &keys.domain.q,
        ];
        if !terminal.has_signed(signature, &parts) {
            return StatusWord::VERIFICATION_FAILED;
        }
        self.proven_challenge = Some(challenge);
        StatusWord::SUCCESS
    }

    /// A challenge is good for one command.
    pub(crate) fn take_challenge(&mut self) -> Option<[u8; 8]> {
        self.challenge.take()
    }

    /// INTERNAL AUTHENTICATE: the answer, and with the device key the counter that holds after it.
    pub(crate) fn authenticate(
        &self,
        keys: &Keys,
        random: &mut Random,
        data: &[u8],
        (is_secure, is_pin_verified): (bool, bool),
    ) -> Result<(Vec<u8>, Option<u64>), StatusWord> {
        match self.key {
            Some((0x02, SERVICE_KEY)) => Ok((padded_signature(&keys.service, data)?, None)),
            Some((0x02, HOLDER_KEY)) if is_secure && is_pin_verified => {
                Ok((padded_signature(&keys.holder, data)?, None))
            }
            Some((0x02, HOLDER_KEY)) => Err(StatusWord::SECURITY_STATUS_NOT_SATISFIED),
            Some((0x9B, DEVICE_KEY)) if !is_secure => Err(StatusWord::CLASS_UNSUPPORTED),
            Some((0x9B, DEVICE_KEY)) => self.show_device(keys, random, data),
            _ => Err(StatusWord::REFERENCED_DATA_NOT_FOUND),
        }
    }

    fn show_device(
        &self,
        keys: &Keys,
        random: &mut Random,
        data: &[u8],
    ) -> Result<(Vec<u8>, Option<u64>), StatusWord> {
        let (Some(agreed), Some(challenge)) = (&self.agreed, self.proven_challenge) else {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
        };
        let by_terminal = <[u8; 8]>::try_from(data).map_err(|_| StatusWord::WRONG_LENGTH)?;
        let parts = [
            &agreed.card[..],
            &keys.chip,
            &by_terminal,
            &agreed.terminal,
            &keys.domain.g,
            &keys.domain.p,
            &keys.domain.q,
        ];
        let filler = random.bytes(keys.device.modulus_bytes().saturating_sub(34));
        let signature = keys
            .device
            .raw(&block(&filler, &parts))
            .ok_or(StatusWord::WRONG_DATA)?;
        let ([_, _, _, _, a, b, c, d], [_, _, _, _, e, f, g, h]) = (challenge, by_terminal);
        let counter = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        Ok(([&keys.chip[..], &signature].concat(), Some(counter)))
    }
}

/// RSASSA-PKCS1-v1_5 as the card pads: whatever it is given stands behind `00 01 FF .. 00`.
fn padded_signature(key: &PlayedKey, data: &[u8]) -> Result<Vec<u8>, StatusWord> {
    if data.is_empty() || data.len() > INPUT_MAX_BYTES {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let filler = key.modulus_bytes().saturating_sub(data.len() + 3);
    let mut block = Zeroizing::new(vec![0x00, 0x01]);
    block.resize(2 + filler, 0xFF);
    block.push(0x00);
    block.extend_from_slice(data);
    let signature = key.raw(&block).ok_or(StatusWord::WRONG_DATA)?;
    Ok(signature.to_vec())
}

/// Objects with tags of one byte; a length of up to two bytes behind 81 or 82.
fn short_objects(data: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut objects = Vec::new();
    let mut rest = data;
    while let [tag, after @ ..] = rest {
        let (length, after) = match after {
            [0x81, length, after @ ..] => (usize::from(*length), after),
            [0x82, high, low, after @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), after),
            [length @ 0..=0x7F, after @ ..] => (usize::from(*length), after),
            _ => return None,
        };
        let (value, after) = after.split_at_checked(length)?;
        objects.push((*tag, value));
        rest = after;
    }
    Some(objects)
}

/// GET DATA of what needs no state: the domain parameters and the root key. `None` for other lists of tags.
pub(crate) fn public_data(keys: &Keys, wanted: &[u8], habits: &Behaviour) -> Option<Vec<u8>> {
    let Keys { root, domain, .. } = keys;
    let parameters = |parts: &[(u8, &[u8])]| {
        let inner: Vec<u8> = parts
            .iter()
            .flat_map(|(tag, value)| object(&[*tag], value))
            .collect();
        object(&[0x70], &object(&[0xBF, 0xA1, 0x01], &object(&[0xA3], &inner)))
    };
    let (g, p, q) = (
        (0x97, &domain.g[..]),
        (0x98, &domain.p[..]),
        (0x99, &domain.q[..]),
    );
    match wanted {
        [
            0x4D,
            0x0A,
            0x70,
            0x08,
            0xBF,
            0xA1,
            0x01,
            0x04,
            0xA3,
            0x02,
            tag,
            0x00,
        ] => match tag {
            0x97 => Some(parameters(&[g])),
            0x98 => Some(parameters(&[p])),
            0x99 => Some(parameters(&[q])),
            _ => None,
        },
        [0x4D, 0x08, 0x70, 0x06, 0xBF, 0xA1, 0x01, 0x02, 0xA3, 0x80] if habits.dh_at_once => {
            Some(parameters(&[g, p, q]))
        }
        [0x4D, 0x09, 0x70, 0x07, 0xBF, 0xA0, 0x04, 0x03, 0x7F, 0x49, 0x80] => {
            let inner = [
                object(&[0x81], &root.modulus),
                object(&[0x82], &root.exponent),
                object(&[0x5F, 0x20], &root.reference),
                object(&[0x5F, 0x4C], &root.authorisation),
            ]
            .concat();
            let template = object(&[0x7F, 0x49], &inner);
            Some(object(&[0x70], &object(&[0xBF, 0xA0, 0x04], &template)))
        }
        _ => None,
    }
}

/// The header of a PIN object: name, tries at most, tries left, length.
pub(crate) fn pin_data(reference: u8, (left, most): (u8, u8)) -> Vec<u8> {
    let inner = [
        0x84, 0x01, reference, 0x9A, 0x01, most, 0x9B, 0x01, left, 0x80, 0x01, 0x08,
    ];
    let header = object(&[0xA0], &inner);
    object(&[0x70], &object(&[0xBF, 0x81, reference & 0x1F], &header))
}

/// A data object.
pub(crate) fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = tag.to_vec();
    length(&mut bytes, value.len());
    bytes.extend_from_slice(value);
    bytes
}

/// Whether a card answers VERIFY without asking anybody.
pub(crate) fn lies_about_pins(habits: &Behaviour) -> bool {
    habits.fault == Some(Fault::UnprotectedVerify)
}
