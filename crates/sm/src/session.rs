//! One command protected, one answer opened: data objects 87 or 85, 97, 99 and 8E under keys and a counter
//! (ISO/IEC 7816-4 §10; ICAO 9303-11 §9.8; `[cie §3.6]`).
//!
//! Not here: sending (`channel`), and where keys and counter come from (`authentication`).

use varco_apdu::{CommandApdu, ResponseApdu, Sensitivity, StatusWord, tlv};
use zeroize::Zeroizing;

use crate::cipher::{BLOCK_BYTES, SessionKeys};

/// Secure messaging of both directions, with the header in the MAC (ISO/IEC 7816-4 §5.4.1).
const SECURE_CLASS: u8 = 0x0C;
const CRYPTOGRAM: u32 = 0x87;
/// In the commands and answers of an odd INS, whose data are BER-TLV: no indicator of padding.
const CRYPTOGRAM_OF_OBJECTS: u32 = 0x85;
const EXPECTED_LENGTH: u8 = 0x97;
const STATUS: u32 = 0x99;
const MAC: u32 = 0x8E;
/// "Padded as ISO/IEC 7816-4 says", in front of a cryptogram.
const PADDED: u8 = 0x01;
/// Tag, length and value of the MAC.
const MAC_OBJECT_BYTES: usize = 10;

/// Why an answer does not pass. The session is then over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionFault {
    /// There is no protected part: the card gave the session up, or somebody else answered.
    #[error("the answer is not protected")]
    Unprotected,
    /// The data objects are not those of a protected answer.
    #[error("the protected answer is malformed")]
    Malformed,
    /// The MAC is another: changed, replayed, out of order, or of another session.
    #[error("the answer's MAC does not fit")]
    Mac,
    /// The cryptogram does not decrypt to padded bytes.
    #[error("the answer's data do not decrypt")]
    Cryptogram,
    /// The status word outside contradicts the protected one.
    #[error("the status word outside is not the protected one")]
    Status,
    /// The command has a class that cannot be protected, or is longer than any.
    #[error("the command cannot be protected")]
    Command,
}

/// The state of a session: its keys, and the counter that every command and every answer raises.
#[derive(Debug)]
pub struct Session {
    keys: SessionKeys,
    counter: u64,
    /// Card and reader pass extended length: answers of unknown length are asked for whole.
    asks_extended: bool,
}

impl Session {
    /// With these keys, and the counter before the first command.
    #[must_use]
    pub fn new(keys: SessionKeys, counter: u64) -> Self {
        Self {
            keys,
            counter,
            asks_extended: false,
        }
    }

    /// To a card that takes extended length through a reader that passes it: what is said without Le is sent so that an
    /// answer of any length comes at once.
    #[must_use]
    pub fn asking_extended(mut self) -> Self {
        self.asks_extended = true;
        self
    }

    /// Sets the counter anew, with the same keys `[cie §3.5]`.
    pub(crate) fn restart(&mut self, counter: u64) {
        self.counter = counter;
    }

    /// The protected form of a command. It is marked as sensitive as the command, and never as repeatable.
    ///
    /// # Errors
    /// [`SessionFault::Command`].
    pub fn protect(&mut self, command: &CommandApdu) -> Result<CommandApdu, SessionFault> {
        if command.cla() & !CommandApdu::CHAINING_BIT != 0 {
            return Err(SessionFault::Command);
        }
        let header = [
            command.cla() | SECURE_CLASS,
            command.ins(),
            command.p1(),
            command.p2(),
        ];
        let mut body = Zeroizing::new(Vec::with_capacity(command.data().len() + 64));
        if !command.data().is_empty() {
            let cryptogram = self.keys.encrypt(command.data());
            if command.ins() & 1 == 1 {
                put(&mut body, CRYPTOGRAM_OF_OBJECTS, &[], &cryptogram)?;
            } else {
                put(&mut body, CRYPTOGRAM, &[PADDED], &cryptogram)?;
            }
        }
        let expected = command.expected();
        match expected {
            None => {}
            // 256 is written 00, and 65,536 is written 0000 (ISO/IEC 7816-4 §5.1).
            Some(length @ 0..=256) => {
                let [.., low] = length.to_be_bytes();
                body.extend_from_slice(&[EXPECTED_LENGTH, 1, low]);
            }
            Some(length) => {
                let [.., high, low] = length.to_be_bytes();
                body.extend_from_slice(&[EXPECTED_LENGTH, 2, high, low]);
            }
        }
        self.counter = self.counter.wrapping_add(1);
        let mac = self.keys.authenticate(&self.command_message(header, &body));
        put(&mut body, MAC, &[], &mac)?;

        let is_short = body.len() <= 255
            && match expected {
                None => !self.asks_extended,
                Some(length) => length <= 256,
            };
        let [cla, ins, p1, p2] = header;
        let protected = CommandApdu::new(cla, ins, p1, p2)
            .expecting(if is_short { 256 } else { 65_536 })
            .answering(command.response_sensitivity());
        Ok(match command.command_sensitivity() {
            Sensitivity::Secret => protected.with_secret_data(body),
            _ => protected.with_data(&body),
        })
    }

    /// Counter, header filled up to a block where objects follow it, objects.
    fn command_message(&self, header: [u8; 4], objects: &[u8]) -> Vec<u8> {
        let mut message = Vec::with_capacity(2 * BLOCK_BYTES + objects.len());
        message.extend_from_slice(&self.counter.to_be_bytes());
        message.extend_from_slice(&header);
        if !objects.is_empty() {
            message.extend_from_slice(&[0x80, 0, 0, 0]);
            message.extend_from_slice(objects);
        }
        message
    }

    /// The answer that a protected one holds, after its MAC was checked.
    ///
    /// # Errors
    /// [`SessionFault`].
    pub fn open(&mut self, answer: &ResponseApdu) -> Result<ResponseApdu, SessionFault> {
        self.counter = self.counter.wrapping_add(1);
        if answer.data().is_empty() {
            return Err(SessionFault::Unprotected);
        }
        let parts = Parts::read(answer.data())?;
        let mut message = Vec::with_capacity(BLOCK_BYTES + parts.protected.len());
        message.extend_from_slice(&self.counter.to_be_bytes());
        message.extend_from_slice(parts.protected);
        if !self.keys.is_authentic(&message, parts.mac) {
            return Err(SessionFault::Mac);
        }
        // Cards give 9000 outside, or the protected word once more [cie §10.2].
        if answer.status() != StatusWord::SUCCESS && answer.status() != parts.status {
            return Err(SessionFault::Status);
        }
        let data = match &parts.cryptogram {
            None => Zeroizing::default(),
            Some(cryptogram) => self.keys.decrypt(cryptogram).ok_or(SessionFault::Cryptogram)?,
        };
        Ok(ResponseApdu::new(data, parts.status))
    }
}

/// The data objects of a protected answer.
struct Parts<'a> {
    /// All bytes in front of the MAC's object.
    protected: &'a [u8],
    cryptogram: Option<Vec<u8>>,
    status: StatusWord,
    mac: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Cryptogram and status in either order, each at most once, the status always; the MAC last.
    fn read(data: &'a [u8]) -> Result<Self, SessionFault> {
        let malformed = SessionFault::Malformed;
        let split = data.len().checked_sub(MAC_OBJECT_BYTES).ok_or(malformed)?;
        let (protected, last) = data.split_at_checked(split).ok_or(malformed)?;
        let &[0x8E, 8, ref mac @ ..] = last else {
            return Err(malformed);
        };
        let objects = tlv::read(protected).map_err(|_| malformed)?;
        let (mut cryptogram, mut status) = (None, None);
        for object in &objects {
            let bytes = object.bytes().ok_or(malformed)?;
            match object.tag {
                CRYPTOGRAM if cryptogram.is_none() => {
                    let (&PADDED, rest) = bytes.split_first().ok_or(malformed)? else {
                        return Err(malformed);
                    };
                    cryptogram = Some(rest.to_vec());
                }
                CRYPTOGRAM_OF_OBJECTS if cryptogram.is_none() => cryptogram = Some(bytes.to_vec()),
                STATUS if status.is_none() => {
                    let &[high, low] = bytes else {
                        return Err(malformed);
                    };
                    status = Some(StatusWord::from(u16::from_be_bytes([high, low])));
                }
                _ => return Err(malformed),
            }
        }
        Ok(Self {
            protected,
            cryptogram,
            status: status.ok_or(malformed)?,
            mac,
        })
    }
}

/// One primitive object, its value in two parts.
fn put(body: &mut Vec<u8>, tag: u32, first: &[u8], rest: &[u8]) -> Result<(), SessionFault> {
    let tag = u8::try_from(tag).map_err(|_| SessionFault::Command)?;
    let length = u16::try_from(first.len() + rest.len()).map_err(|_| SessionFault::Command)?;
    let [high, low] = length.to_be_bytes();
    body.push(tag);
    match length {
        0..=0x7F => body.push(low),
        0x80..=0xFF => body.extend_from_slice(&[0x81, low]),
        _ => body.extend_from_slice(&[0x82, high, low]),
    }
    body.extend_from_slice(first);
    body.extend_from_slice(rest);
    Ok(())
}

#[cfg(test)]
mod tests;
