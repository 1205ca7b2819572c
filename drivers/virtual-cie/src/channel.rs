//! The card's half of secure messaging: takes protection off commands, puts it on answers `[cie §3.6]`.
//!
//! Written from the block cipher up, so that nothing of it is shared with the terminal's half.
//!
//! Not here: where the keys come from (`key_agreement`).

use des::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use des::{Des, TdesEde2};
use sha2::{Digest as _, Sha256};
use varco_apdu::{CommandApdu, ResponseApdu, StatusWord, tlv};
use zeroize::Zeroizing;

use crate::schema::OuterStatus;

/// 6987: an object of secure messaging is missing (ISO/IEC 7816-4 §5.6).
const OBJECT_MISSING: u16 = 0x6987;
/// 6988: objects of secure messaging are wrong.
const OBJECT_WRONG: u16 = 0x6988;

type Bytes8 = [u8; 8];

/// Keys and counter.
pub(crate) struct Channel {
    cipher: TdesEde2,
    /// The two halves of the MAC key.
    left: Des,
    right: Des,
    counter: u64,
    outer: OuterStatus,
}

impl core::fmt::Debug for Channel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Channel")
    }
}

impl Channel {
    /// From the shared secret; the counter starts at one.
    pub(crate) fn new(secret: &[u8], outer: OuterStatus) -> Self {
        let derive = |number: u8| {
            let hash: [u8; 32] = Sha256::new()
                .chain_update(secret)
                .chain_update([0, 0, 0, number])
                .finalize()
                .into();
            hash
        };
        let (encryption, [l0, l1, l2, l3, l4, l5, l6, l7, r0, r1, r2, r3, r4, r5, r6, r7, ..]) =
            (derive(1), derive(2));
        let mut key = [0; 16];
        for (slot, byte) in key.iter_mut().zip(encryption) {
            *slot = byte;
        }
        Self {
            cipher: TdesEde2::new(&key.into()),
            left: Des::new(&[l0, l1, l2, l3, l4, l5, l6, l7].into()),
            right: Des::new(&[r0, r1, r2, r3, r4, r5, r6, r7].into()),
            counter: 1,
            outer,
        }
    }

    pub(crate) fn set_counter(&mut self, counter: u64) {
        self.counter = counter;
    }

    /// Chained DES, then a triple last block.
    fn mac(&self, message: &[u8]) -> Bytes8 {
        let mut padded = message.to_vec();
        pad(&mut padded);
        let mut state = Block::<Des>::default();
        for block in padded.as_chunks::<8>().0 {
            for (slot, byte) in state.iter_mut().zip(block) {
                *slot ^= byte;
            }
            self.left.encrypt_block(&mut state);
        }
        self.right.decrypt_block(&mut state);
        self.left.encrypt_block(&mut state);
        state.into()
    }

    fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let mut bytes = plain.to_vec();
        pad(&mut bytes);
        let mut before = [0; 8];
        for block in bytes.as_chunks_mut::<8>().0 {
            for (slot, byte) in block.iter_mut().zip(before) {
                *slot ^= byte;
            }
            let mut state = Block::<TdesEde2>::from(*block);
            self.cipher.encrypt_block(&mut state);
            *block = state.into();
            before = *block;
        }
        bytes
    }

    fn decrypt(&self, cryptogram: &[u8]) -> Option<Vec<u8>> {
        let (blocks, []) = cryptogram.as_chunks::<8>() else {
            return None;
        };
        let mut plain = Vec::with_capacity(cryptogram.len());
        let mut before = [0; 8];
        for block in blocks {
            let mut state = Block::<TdesEde2>::from(*block);
            self.cipher.decrypt_block(&mut state);
            plain.extend(state.iter().zip(before).map(|(byte, chained)| byte ^ chained));
            before = *block;
        }
        let last = plain.iter().rposition(|byte| *byte != 0)?;
        if plain.get(last) != Some(&0x80) || plain.len() - last > 8 {
            return None;
        }
        plain.truncate(last);
        Some(plain)
    }

    /// The command inside. On error the channel must be dropped.
    pub(crate) fn open(&mut self, command: &CommandApdu) -> Result<CommandApdu, StatusWord> {
        let wrong = StatusWord::from(OBJECT_WRONG);
        let missing = StatusWord::from(OBJECT_MISSING);
        self.counter = self.counter.wrapping_add(1);
        let objects = tlv::read(command.data()).map_err(|_| wrong)?;
        let mac = tlv::find(&objects, 0x8E)
            .and_then(tlv::DataObject::bytes)
            .ok_or(missing)?;
        let protected = command
            .data()
            .len()
            .checked_sub(10)
            .and_then(|end| command.data().get(..end))
            .ok_or(wrong)?;
        let mut message = self.counter.to_be_bytes().to_vec();
        message.extend_from_slice(&[command.cla(), command.ins(), command.p1(), command.p2()]);
        pad(&mut message);
        if protected.is_empty() {
            // The header alone is filled up once.
            message.truncate(12);
        }
        message.extend_from_slice(protected);
        if self.mac(&message) != mac {
            return Err(wrong);
        }
        let mut data = Vec::new();
        let mut expected = None;
        for object in &objects {
            let bytes = object.bytes().ok_or(wrong)?;
            match (object.tag, bytes) {
                (0x87, [0x01, cryptogram @ ..]) if command.ins() & 1 == 0 => {
                    data = self.decrypt(cryptogram).ok_or(wrong)?;
                }
                (0x85, cryptogram) if command.ins() & 1 == 1 => {
                    data = self.decrypt(cryptogram).ok_or(wrong)?;
                }
                (0x97, &[0]) => expected = Some(256),
                (0x97, &[length]) => expected = Some(u32::from(length)),
                (0x97, &[0, 0]) => expected = Some(65_536),
                (0x97, &[high, low]) => expected = Some(u32::from(u16::from_be_bytes([high, low]))),
                (0x8E, _) => {}
                _ => return Err(wrong),
            }
        }
        let class = command.cla() & CommandApdu::CHAINING_BIT;
        let plain = CommandApdu::new(class, command.ins(), command.p1(), command.p2())
            .with_secret_data(Zeroizing::new(data));
        Ok(match expected {
            Some(length) => plain.expecting(length),
            None => plain,
        })
    }

    /// The answer under protection; `odd` is whether the command's INS was.
    pub(crate) fn seal(&mut self, answer: &ResponseApdu, odd: bool) -> ResponseApdu {
        self.counter = self.counter.wrapping_add(1);
        let mut body = Vec::new();
        if !answer.data().is_empty() {
            let cryptogram = self.encrypt(answer.data());
            let (tag, indicator): (u8, &[u8]) = if odd { (0x85, &[]) } else { (0x87, &[0x01]) };
            body.push(tag);
            length(&mut body, cryptogram.len() + indicator.len());
            body.extend_from_slice(indicator);
            body.extend_from_slice(&cryptogram);
        }
        body.extend_from_slice(&[0x99, 0x02]);
        body.extend_from_slice(&u16::from(answer.status()).to_be_bytes());
        let mac = self.mac(&[&self.counter.to_be_bytes()[..], &body].concat());
        body.extend_from_slice(&[0x8E, 0x08]);
        body.extend_from_slice(&mac);
        let status = match self.outer {
            OuterStatus::Done => StatusWord::SUCCESS,
            OuterStatus::Same => answer.status(),
        };
        ResponseApdu::new(Zeroizing::new(body), status)
    }
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.push(0x80);
    while !bytes.len().is_multiple_of(8) {
        bytes.push(0);
    }
}

/// A length as BER-TLV writes it; a card's answers stay below 64 KiB.
pub(crate) fn length(body: &mut Vec<u8>, length: usize) {
    let [.., high, low] = length.to_be_bytes();
    match length {
        0..=0x7F => body.push(low),
        0x80..=0xFF => body.extend_from_slice(&[0x81, low]),
        _ => body.extend_from_slice(&[0x82, high, low]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        varco_emulator::profile_hex(hex).unwrap()
    }

    /// The worked values, from the card's side [cie §3.6].
    #[test]
    fn the_worked_values_of_the_sheet_come_out_byte_for_byte() {
        let secret: Vec<u8> = (0..=255).collect();
        let mut channel = Channel::new(&secret, OuterStatus::Done);
        for (protected, plain, answer, sealed) in [
            (
                "0C2281B618870901F5CFEBE9570FD6FF9701008E0887C9A9853EAB270000",
                "002281B60680014183018400",
                "9000",
                "990290008E086DDD6702023F1F879000",
            ),
            (
                "0C8400000D9701088E0820F396AD8183084C00",
                "0084000008",
                "01020304050607089000",
                "871101DA6347917893509AB7B6D66CFACD221F990290008E08930650C230E16EFB9000",
            ),
            (
                "0C2000811D871101C0C020864CCCE390B9B0B11267FF1A978E081D1FFAB37DFAA59600",
                "00200081083132333435363738",
                "63C2",
                "990263C28E08EA512C9E78164E0D9000",
            ),
            (
                "0CCB3FFF1C851079C228FC5287C178D72116EC1A0F716F8E08B4DA7CDEB4A7C78D00",
                "00CB3FFF0A4D087006BF810102A080",
                "9000",
                "",
            ),
        ] {
            let (command, _) = CommandApdu::parse(&bytes(protected)).unwrap();
            let opened = channel.open(&command).unwrap();
            let (expected, _) = CommandApdu::parse(&bytes(plain)).unwrap();
            assert_eq!(
                (opened.data(), opened.expected()),
                (expected.data(), expected.expected())
            );
            assert_eq!((opened.cla(), opened.ins(), opened.p1(), opened.p2()), {
                (expected.cla(), expected.ins(), expected.p1(), expected.p2())
            });
            if !sealed.is_empty() {
                let answer = ResponseApdu::parse(&bytes(answer)).unwrap();
                assert_eq!(channel.seal(&answer, false).to_bytes()[..], bytes(sealed));
            }
        }
    }

    #[test]
    fn a_command_that_is_changed_or_comes_twice_is_refused() {
        let secret: Vec<u8> = (0..=255).collect();
        let raw = bytes("0C2281B618870901F5CFEBE9570FD6FF9701008E0887C9A9853EAB270000");
        for at in 0..raw.len() - 1 {
            let mut changed = raw.clone();
            changed[at] ^= 1;
            let Ok((command, _)) = CommandApdu::parse(&changed) else {
                continue;
            };
            let mut channel = Channel::new(&secret, OuterStatus::Done);
            assert!(channel.open(&command).is_err(), "byte {at}");
        }
        let mut channel = Channel::new(&secret, OuterStatus::Done);
        let (command, _) = CommandApdu::parse(&raw).unwrap();
        channel.open(&command).unwrap();
        assert_eq!(channel.open(&command).unwrap_err().to_string(), "6988");
    }
}
