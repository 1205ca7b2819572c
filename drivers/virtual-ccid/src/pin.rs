//! The structures by which a host has a reader ask for a PIN (CCID rev. 1.1 §6.1.11), and the command made of one.
//!
//! Not here: what is typed (`keypad`), and how the command reaches the card (`machine`).

use varco_emulator::EntryOf;
use zeroize::Zeroizing;

use crate::keypad::Digits;

/// What goes into a display's line.
const DIGITS_MAX: u8 = 16;
/// How long the reader waits when the host does not say.
const TIMEOUT_DEFAULT_S: u8 = 30;
/// CLA, INS, P1, P2.
const APDU_HEADER_BYTES: usize = 4;
/// The offset in the message of what follows bPINOperation; errors tell offsets in the message.
const BASE: u8 = 11;
/// bNumberMessage: the reader chooses.
const MESSAGES_DEFAULT: u8 = 0xFF;
/// What an answer to the entry of a PIN has, when a command is longer than it was.
const FILLER: u8 = 0xFF;

/// What ends an entry (bEntryValidationCondition).
pub(crate) mod condition {
    pub(crate) const MAX_REACHED: u8 = 0x01;
    pub(crate) const KEY_PRESSED: u8 = 0x02;
    pub(crate) const TIMED_OUT: u8 = 0x04;
}

/// How digits stand in a command (bmFormatString, bmPINBlockString, bmPINLengthFormat). All in bits.
#[derive(Clone, Copy, Debug)]
struct Layout {
    digit_bits: usize,
    is_ascii: bool,
    is_right: bool,
    position: usize,
    /// Zero: as many as were typed.
    block: usize,
    length_size: usize,
    length_position: usize,
}

/// What the host wants.
pub(crate) struct Operation {
    pub(crate) timeout_s: u8,
    pub(crate) digits_min: u8,
    pub(crate) digits_max: u8,
    /// Which of [`condition`].
    pub(crate) conditions: u8,
    /// What is asked for, one after the other, with the message that is shown.
    pub(crate) prompts: Vec<(EntryOf, Option<u8>)>,
    pub(crate) prologue: [u8; 3],
    /// The offset in the message of it.
    pub(crate) prologue_at: u8,
    layout: Layout,
    offset_current: usize,
    offset_new: usize,
    header: [u8; APDU_HEADER_BYTES],
    template: Zeroizing<Vec<u8>>,
}

/// Where bytes of the structure stand that verification and modification place differently: offsets after bPINOperation.
struct Places {
    digits: u8,
    conditions: u8,
    messages: u8,
    apdu: u8,
}

const VERIFICATION: Places = Places {
    digits: 4,
    conditions: 6,
    messages: 7,
    apdu: 14,
};
/// Quirk: this reader wants three message indexes, however many are meant; libccid sends it three.
const MODIFICATION: Places = Places {
    digits: 6,
    conditions: 9,
    messages: 10,
    apdu: 19,
};

impl Operation {
    /// Reads a structure, bPINOperation first.
    ///
    /// # Errors
    /// The offset in the message of what is wrong or not to be had.
    pub(crate) fn parse(data: &[u8]) -> Result<Self, u8> {
        match data.split_first() {
            Some((0, rest)) => Self::verification(rest),
            Some((1, rest)) => Self::modification(rest),
            // Bit lengths of other operations (transfer, wait, cancel) are those of readers with more than digits.
            _ => Err(BASE - 1),
        }
    }

    fn verification(data: &[u8]) -> Result<Self, u8> {
        let &[_, _, _, _, _, _, _, number, _, _, index, ..] = data else {
            return Err(1);
        };
        let message = match number {
            0 | MESSAGES_DEFAULT => None,
            1 => Some(index),
            _ => return Err(BASE + VERIFICATION.messages),
        };
        Self::common(data, &VERIFICATION, vec![(EntryOf::Pin, message)], (0, 0))
    }

    fn modification(data: &[u8]) -> Result<Self, u8> {
        let &[
            _,
            _,
            _,
            _,
            old,
            new,
            _,
            _,
            confirm,
            _,
            number,
            _,
            _,
            m1,
            m2,
            m3,
            ..,
        ] = data
        else {
            return Err(1);
        };
        let messages: &[u8] = match number {
            0 | MESSAGES_DEFAULT => &[],
            1 => &[m1],
            2 => &[m1, m2],
            3 => &[m1, m2, m3],
            _ => return Err(BASE + MODIFICATION.messages),
        };
        if confirm > 3 {
            return Err(BASE + 8);
        }
        let asked = [
            (confirm & 2 != 0, EntryOf::Current),
            (true, EntryOf::New),
            (confirm & 1 != 0, EntryOf::Confirmation),
        ];
        let asked = asked
            .into_iter()
            .filter_map(|(is_asked, of)| is_asked.then_some(of));
        let prompts = asked.enumerate().map(|(at, of)| (of, messages.get(at).copied()));
        Self::common(data, &MODIFICATION, prompts.collect(), (old.into(), new.into()))
    }

    fn common(
        data: &[u8],
        places: &Places,
        prompts: Vec<(EntryOf, Option<u8>)>,
        (offset_current, offset_new): (usize, usize),
    ) -> Result<Self, u8> {
        let byte = |at: u8| data.get(usize::from(at)).copied().ok_or(1);
        let (digits_max, digits_min) = (byte(places.digits)?, byte(places.digits + 1)?);
        if !(1..=digits_max).contains(&digits_min) || digits_max > DIGITS_MAX {
            return Err(BASE + places.digits);
        }
        let conditions = byte(places.conditions)?;
        if !(1..=7).contains(&conditions) {
            return Err(BASE + places.conditions);
        }
        let prologue_at = places.apdu - 3;
        let prologue = [byte(prologue_at)?, byte(prologue_at + 1)?, byte(prologue_at + 2)?];
        let apdu = data.get(usize::from(places.apdu)..).unwrap_or_default();
        let (header, template) = split(apdu).ok_or(BASE + places.apdu)?;
        let operation = Self {
            timeout_s: match byte(0)? {
                0 => TIMEOUT_DEFAULT_S,
                seconds => seconds,
            },
            digits_min,
            digits_max,
            conditions,
            prompts,
            prologue,
            prologue_at: BASE + prologue_at,
            layout: Layout::parse(byte(1)?, byte(2)?, byte(3)?)?,
            offset_current,
            offset_new,
            header,
            template: Zeroizing::new(template.to_vec()),
        };
        operation.check(places)?;
        Ok(operation)
    }

    /// Whether whatever may be typed finds its room in the command.
    fn check(&self, places: &Places) -> Result<(), u8> {
        let (layout, most) = (&self.layout, usize::from(self.digits_max));
        let room = self.template.len() * 8;
        let offsets = self.offsets();
        if layout.block == 0 {
            // Two values of lengths that nobody knows yet have no place, and one has nothing to stand at the right of.
            if offsets.len() > 1 || layout.is_right {
                return Err(BASE + 2);
            }
        } else if most * layout.digit_bits > layout.block {
            return Err(BASE + 2);
        }
        if layout.length_size > 0 && most >> layout.length_size.min(8) != 0 {
            return Err(BASE + 2);
        }
        for offset in offsets {
            let begin = offset * 8 + layout.position;
            // A value of its own length may stand at the end, and make the command longer.
            if begin + layout.block > room || offset * 8 + layout.length_position + layout.length_size > room
            {
                return Err(BASE + places.apdu);
            }
        }
        Ok(())
    }

    /// Where values go, in the order in which they are asked for.
    fn offsets(&self) -> Vec<usize> {
        let of = |of: &EntryOf| match of {
            EntryOf::Current => Some(self.offset_current),
            EntryOf::Pin | EntryOf::New => Some(self.offset_new),
            EntryOf::Confirmation => None,
        };
        self.prompts.iter().filter_map(|(prompt, _)| of(prompt)).collect()
    }

    /// The most bytes of the command.
    pub(crate) fn command_bytes_max(&self) -> usize {
        let behind = if self.layout.block == 0 {
            usize::from(DIGITS_MAX)
        } else {
            0
        };
        APDU_HEADER_BYTES + 1 + self.template.len() + behind
    }

    /// The command with what was typed, in the order in which it was asked for.
    pub(crate) fn command(&self, typed: &[Digits]) -> Zeroizing<Vec<u8>> {
        let mut data = Zeroizing::new(Vec::with_capacity(self.template.len() + usize::from(DIGITS_MAX)));
        data.extend_from_slice(&self.template);
        for (offset, digits) in self.offsets().into_iter().zip(typed) {
            self.layout.write(&mut data, offset * 8, digits.values());
        }
        let mut command = Zeroizing::new(Vec::with_capacity(APDU_HEADER_BYTES + 1 + data.len()));
        command.extend_from_slice(&self.header);
        command.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
        command.extend_from_slice(&data);
        command
    }
}

impl Layout {
    fn parse(format: u8, block: u8, length: u8) -> Result<Self, u8> {
        let unit = |is_bytes: bool| if is_bytes { 8 } else { 1 };
        let (digit_bits, is_ascii) = match format & 0x03 {
            0 => (8, false),
            1 => (4, false),
            2 => (8, true),
            _ => return Err(BASE + 1),
        };
        if length & 0xE0 != 0 {
            return Err(BASE + 3);
        }
        Ok(Self {
            digit_bits,
            is_ascii,
            is_right: format & 0x04 != 0,
            position: usize::from(format >> 3 & 0x0F) * unit(format & 0x80 != 0),
            block: usize::from(block & 0x0F) * 8,
            length_size: usize::from(block >> 4),
            length_position: usize::from(length & 0x0F) * unit(length & 0x10 != 0),
        })
    }

    /// Writes digits over what stands there.
    fn write(&self, data: &mut Vec<u8>, base: usize, digits: impl ExactSizeIterator<Item = u8>) {
        let size = digits.len() * self.digit_bits;
        let slack = if self.is_right {
            self.block.saturating_sub(size)
        } else {
            0
        };
        let begin = base + self.position + slack;
        let end_bytes = (begin + size).div_ceil(8);
        if self.block == 0 && end_bytes > data.len() {
            data.resize(end_bytes, FILLER);
        }
        if self.length_size > 0 {
            write_bits(data, base + self.length_position, self.length_size, digits.len());
        }
        for (at, digit) in digits.enumerate() {
            let coded = if self.is_ascii { digit | 0x30 } else { digit };
            write_bits(data, begin + at * self.digit_bits, self.digit_bits, coded.into());
        }
    }
}

/// Writes the lowest `size` bits of a value, the highest of them first; what has no room is left out.
fn write_bits(data: &mut [u8], begin: usize, size: usize, value: usize) {
    for bit in 0..size {
        let at = begin + bit;
        let Some(byte) = data.get_mut(at / 8) else { return };
        let mask = 0x80 >> (at % 8);
        let is_set = value >> (size - 1 - bit) & 1 != 0;
        *byte = if is_set { *byte | mask } else { *byte & !mask };
    }
}

/// The header of a command, and its data: none, or as long as Lc says.
fn split(apdu: &[u8]) -> Option<([u8; APDU_HEADER_BYTES], &[u8])> {
    let (header, body) = apdu.split_first_chunk()?;
    let data = match body.split_first() {
        None => &[],
        Some((lc, data)) if data.len() == usize::from(*lc) => data,
        Some(_) => return None,
    };
    Some((*header, data))
}

#[cfg(test)]
mod tests;
