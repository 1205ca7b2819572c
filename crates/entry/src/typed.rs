//! The buffer that a PIN is typed into.

use varco_apdu::{LockedBuffer, Pin, SECRET_LENGTH_MAX};
use varco_session::EntryError;

/// Room for the longest PIN and a carriage return.
const ROOM: usize = SECRET_LENGTH_MAX + 1;

/// What was typed so far; wiped when it goes. Bytes past the room are counted as too many, not kept.
pub(crate) struct Typed {
    bytes: LockedBuffer,
    /// What is typed already and cannot be taken back: a first half.
    settled: usize,
    overflown: bool,
}

impl Typed {
    pub(crate) fn new() -> Self {
        Self {
            bytes: LockedBuffer::new(ROOM),
            settled: 0,
            overflown: false,
        }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.overflown |= !self.bytes.push(byte);
    }

    /// Takes back the last character, all bytes of it in UTF-8. After an overflow there is no telling which one
    /// that is, and nothing changes: only [`Typed::clear`] starts over.
    pub(crate) fn erase(&mut self) {
        let mut erasing = !self.overflown;
        while erasing && self.bytes.as_slice().len() > self.settled {
            let last = self.bytes.as_slice().last().copied();
            self.bytes.truncate(self.bytes.as_slice().len().saturating_sub(1));
            erasing = last.is_some_and(|byte| (0x80..0xC0).contains(&byte));
        }
    }

    /// Takes back all but a first half.
    pub(crate) fn clear(&mut self) {
        self.bytes.truncate(self.settled);
        self.overflown = false;
    }

    /// Whether this is a first half of so many digits, and nothing else. It cannot be taken back from now on.
    pub(crate) fn settle(&mut self, digits: usize) -> bool {
        let typed = self.bytes.as_slice();
        let is_half = self.settled == 0
            && !self.overflown
            && digits > 0
            && typed.len() == digits
            && typed.iter().all(u8::is_ascii_digit);
        if is_half {
            self.settled = digits;
        }
        is_half
    }

    /// Whether a first half stands alone.
    pub(crate) fn awaits_second_half(&self) -> bool {
        self.settled > 0 && !self.overflown && self.bytes.as_slice().len() == self.settled
    }

    /// Whether nothing was typed.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.as_slice().is_empty()
    }

    /// Takes back a carriage return at the end.
    pub(crate) fn strip_carriage_return(&mut self) {
        if self.bytes.as_slice().last() == Some(&b'\r') {
            self.erase();
        }
    }

    /// The PIN, or [`EntryError::TooLong`].
    pub(crate) fn finish(mut self) -> Result<Pin, EntryError> {
        if self.overflown {
            return Err(EntryError::TooLong);
        }
        Pin::take_from(self.bytes.as_mut_slice()).map_err(|_| EntryError::TooLong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> Typed {
        let mut typed = Typed::new();
        bytes.iter().for_each(|byte| typed.push(*byte));
        typed
    }

    #[test]
    fn erasing_takes_whole_characters_and_wipes_them() {
        let mut buffer = typed("12è€".as_bytes());
        buffer.erase();
        buffer.erase();
        assert_eq!(buffer.bytes.whole(), b"12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        for _ in 0..4 {
            buffer.erase();
        }
        assert_eq!(buffer.bytes.whole(), [0; ROOM]);
        assert_eq!(buffer.finish().unwrap().length(), 0);
    }

    #[test]
    fn sixteen_characters_fit_and_seventeen_do_not() {
        assert_eq!(typed(&[b'1'; 16]).finish().unwrap().length(), 16);
        assert_eq!(typed(&[b'1'; 17]).finish().unwrap_err(), EntryError::TooLong);
        let mut with_return = typed(b"1111111111111111\r");
        with_return.strip_carriage_return();
        assert_eq!(with_return.finish().unwrap().length(), 16);
    }

    #[test]
    fn after_an_overflow_only_starting_over_helps() {
        let mut buffer = typed(&[b'1'; 40]);
        buffer.erase();
        assert_eq!(typed(&[b'1'; 40]).finish().unwrap_err(), EntryError::TooLong);
        buffer.clear();
        assert_eq!(buffer.bytes.whole(), [0; ROOM]);
        buffer.push(b'5');
        assert_eq!(buffer.finish().unwrap().length(), 1);
    }

    #[test]
    fn a_first_half_is_digits_of_that_number_and_stays() {
        for (bytes, half) in [
            (&b"1234"[..], true),
            (b"123", false),
            (b"12345678", false),
            ("12è".as_bytes(), false),
        ] {
            assert_eq!(typed(bytes).settle(4), half, "{bytes:?}");
        }
        assert!(!typed(b"").settle(0));
        let mut buffer = typed(b"1234");
        assert!(!buffer.awaits_second_half() && buffer.settle(4) && !buffer.settle(4));
        buffer.erase();
        assert!(buffer.awaits_second_half());
        buffer.push(b'9');
        assert!(!buffer.awaits_second_half());
        buffer.clear();
        b"5678".iter().for_each(|byte| buffer.push(*byte));
        assert_eq!(
            buffer.finish().unwrap().padded(8, 0).unwrap().as_slice(),
            b"12345678"
        );
    }
}
