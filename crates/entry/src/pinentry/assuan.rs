//! Lines of the Assuan protocol, both ways, as far as a pinentry needs them.
//!
//! Not here: which lines are said, and the program that answers them.

use std::os::fd::AsFd;
use std::time::Instant;

use varco_session::EntryError;
use zeroize::Zeroizing;

use crate::typed::Typed;
use crate::wait::{next_byte, unavailable};

/// The longest line, its end included, that either side may send (Assuan manual, "Server responses").
pub(super) const LINE_BYTES_MAX: usize = 1000;
/// Most bytes that are read of one program. A whole conversation has a few hundred.
pub(super) const ANSWERS_BYTES_MAX: usize = 16 * 1024;
/// What is kept of a line that brings no data: enough for `ERR` and its number.
const HEAD_BYTES: usize = 24;
/// What stands where words were cut.
const CUT: &str = "…";

/// A request: the command and its words, escaped, and cut where the line would be too long.
pub(super) fn request(command: &str, words: &str) -> String {
    let mut line = command.to_owned();
    if !words.is_empty() {
        line.push(' ');
    }
    let mut place = [0; 4];
    for character in words.chars() {
        let escaped = escape(character, &mut place);
        if line.len() + escaped.len() + CUT.len() >= LINE_BYTES_MAX {
            line.push_str(CUT);
            break;
        }
        line.push_str(escaped);
    }
    line.push('\n');
    line
}

fn escape(character: char, place: &mut [u8; 4]) -> &str {
    match character {
        '\n' => "%0A",
        '%' => "%25",
        // At a line's end it would mean that the line goes on.
        '\\' => "%5C",
        _ if character.is_control() => "?",
        _ => character.encode_utf8(place),
    }
}

/// How many bytes this character takes in a request.
pub(crate) fn escaped_bytes(character: char) -> usize {
    escape(character, &mut [0; 4]).len()
}

/// What a line says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Line {
    /// `OK`: done.
    Done,
    /// `ERR`: the error code of libgpg-error, without the part that names its source.
    Failed(u16),
    /// `D`: data, which were put into the buffer.
    Data,
    /// `S` or `#`: nothing that matters here.
    Remark,
}

/// Reads lines byte by byte, and no byte behind the line: what is secret in them goes straight into its buffer.
pub(super) struct Lines {
    bytes_left: usize,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self {
            bytes_left: ANSWERS_BYTES_MAX,
        }
    }

    /// The next line; its data, decoded, go into `data`.
    pub(super) fn next(
        &mut self,
        source: impl AsFd,
        deadline: Instant,
        mut data: Option<&mut Typed>,
    ) -> Result<Line, EntryError> {
        let mut head = Head::new();
        let mut decoder = Decoder::default();
        for _ in 0..LINE_BYTES_MAX {
            self.bytes_left = self
                .bytes_left
                .checked_sub(1)
                .ok_or(unavailable("the pinentry program does not stop talking"))?;
            let byte = next_byte(&source, deadline)?
                .ok_or(unavailable("the pinentry program ended before it answered"))?;
            match *byte {
                b'\n' if head.is_data() => return decoder.finish(),
                b'\n' => return head.meaning(),
                _ if head.is_data() => decoder.push(*byte, data.as_deref_mut().ok_or_else(broken)?)?,
                _ => head.push(*byte),
            }
        }
        Err(unavailable("the pinentry program sent a line that is too long"))
    }
}

fn broken() -> EntryError {
    unavailable("the pinentry program does not keep to its protocol")
}

/// How a line begins; nothing is put into it any more once it is known to bring data.
struct Head {
    bytes: Zeroizing<[u8; HEAD_BYTES]>,
    length: usize,
}

impl Head {
    fn new() -> Self {
        Self {
            bytes: Zeroizing::new([0; HEAD_BYTES]),
            length: 0,
        }
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn as_slice(&self) -> &[u8] {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    fn is_data(&self) -> bool {
        self.as_slice() == b"D "
    }

    fn meaning(&self) -> Result<Line, EntryError> {
        let line = self.as_slice();
        let (word, rest) = match line.iter().position(|byte| *byte == b' ') {
            Some(at) => line.split_at(at),
            None => (line, &[][..]),
        };
        match word {
            b"OK" => Ok(Line::Done),
            b"ERR" => error_number(rest).map(Line::Failed).ok_or_else(broken),
            b"S" => Ok(Line::Remark),
            _ if line.starts_with(b"#") => Ok(Line::Remark),
            // INQUIRE too: nothing was said that it could ask about.
            _ => Err(broken()),
        }
    }
}

/// The number behind ` `, of which the low 16 bits are the code (libgpg-error, `gpg_err_code`).
fn error_number(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b" ")?.split(|byte| *byte == b' ').next()?;
    let number: u32 = str::from_utf8(digits).ok()?.parse().ok()?;
    u16::try_from(number & 0xFFFF).ok()
}

/// Takes `%XX` for the byte that it means.
#[derive(Default)]
struct Decoder {
    /// Hexadecimal digits still to come, and what the first one said.
    awaited: u8,
    high: Zeroizing<u8>,
}

impl Decoder {
    fn push(&mut self, byte: u8, data: &mut Typed) -> Result<(), EntryError> {
        let digit = || match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            b'A'..=b'F' => Ok(byte - b'A' + 10),
            _ => Err(broken()),
        };
        match (self.awaited, byte) {
            (0, b'%') => self.awaited = 2,
            (0, _) => data.push(byte),
            (2, _) => {
                *self.high = digit()? << 4;
                self.awaited = 1;
            }
            _ => {
                data.push(*self.high | digit()?);
                self.awaited = 0;
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<Line, EntryError> {
        if self.awaited == 0 {
            Ok(Line::Data)
        } else {
            Err(broken())
        }
    }
}
