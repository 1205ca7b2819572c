//! The buffer that a PIN is typed into.

use varco_apdu::{Pin, SECRET_LENGTH_MAX};
use varco_session::EntryError;
use zeroize::{Zeroize, Zeroizing};

/// Room for the longest PIN and a carriage return.
const ROOM: usize = SECRET_LENGTH_MAX + 1;

/// What was typed so far; wiped when it goes. Bytes past the room are counted as too many, not kept.
pub(crate) struct Typed {
    // On the heap so that a move leaves no bytes behind.
    bytes: Box<Zeroizing<[u8; ROOM]>>,
    length: usize,
    overflown: bool,
}

impl Typed {
    pub(crate) fn new() -> Self {
        Self {
            bytes: Box::new(Zeroizing::new([0; ROOM])),
            length: 0,
            overflown: false,
        }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        match self.bytes.get_mut(self.length) {
            Some(place) => {
                *place = byte;
                self.length += 1;
            }
            None => self.overflown = true,
        }
    }

    /// Takes back the last character, all bytes of it in UTF-8. After an overflow there is no telling which one
    /// that is, and nothing changes: only [`Typed::clear`] starts over.
    pub(crate) fn erase(&mut self) {
        let mut erasing = !self.overflown;
        while erasing && self.length > 0 {
            self.length -= 1;
            if let Some(byte) = self.bytes.get_mut(self.length) {
                erasing = (0x80..0xC0).contains(byte);
                byte.zeroize();
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.zeroize();
        self.length = 0;
        self.overflown = false;
    }

    /// Takes back a carriage return at the end.
    pub(crate) fn strip_carriage_return(&mut self) {
        let last = self.length.checked_sub(1).and_then(|last| self.bytes.get(last));
        if last == Some(&b'\r') {
            self.erase();
        }
    }

    /// The PIN, or [`EntryError::TooLong`].
    pub(crate) fn finish(mut self) -> Result<Pin, EntryError> {
        match self.bytes.get_mut(..self.length) {
            Some(bytes) if !self.overflown => Pin::take_from(bytes).map_err(|_| EntryError::TooLong),
            _ => Err(EntryError::TooLong),
        }
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
        assert_eq!(&buffer.bytes[..], b"12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        for _ in 0..4 {
            buffer.erase();
        }
        assert_eq!(buffer.bytes[..], [0; ROOM]);
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
        assert_eq!(buffer.bytes[..], [0; ROOM]);
        buffer.push(b'5');
        assert_eq!(buffer.finish().unwrap().length(), 1);
    }
}
