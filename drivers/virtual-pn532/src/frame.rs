//! The frames that pass between a PN532 and its host: normal, extended, ACK, NACK and error frames (PN532 user manual
//! UM0701-02 §6.2.1).
//!
//! Not here: what a frame's content means (`chip`).

/// From the host, before the content.
pub(crate) const TO_CHIP: u8 = 0xD4;
/// From the chip, before the content.
const FROM_CHIP: u8 = 0xD5;
/// The longest content that an extended frame carries to or from the chip, direction byte included.
pub(crate) const CONTENT_MAX_BYTES: usize = 265;
/// The longest content of a normal frame.
const NORMAL_MAX_BYTES: usize = 255;

pub(crate) const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
pub(crate) const NACK: [u8; 6] = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00];
/// A command that the chip does not know, or not in this form.
pub(crate) const SYNTAX_ERROR: [u8; 8] = [0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00];

/// What a host says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// It has what it wanted, or wants the command that runs to end.
    Ack,
    /// It wants the last answer again.
    Nack,
    /// A command: its code and what follows.
    Command(Vec<u8>),
    /// A frame whose check fails, or that goes the wrong way.
    Damaged,
}

/// The bytes of a line, until they are frames. Keeps at most one frame.
#[derive(Default)]
pub(crate) struct Line {
    bytes: Vec<u8>,
}

impl Line {
    /// Takes bytes and gives what they complete, in order. Whatever is no frame (the wake-up, noise) is passed over.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Said> {
        let mut said = Vec::new();
        // In pieces, so that what is kept stays short whatever comes at once.
        for piece in bytes.chunks(CONTENT_MAX_BYTES) {
            self.bytes.extend_from_slice(piece);
            // Each round takes at least two bytes away.
            while let Some(next) = self.next() {
                said.extend(next);
            }
        }
        said
    }

    /// `None`: more is needed. `Some(None)`: something was passed over.
    fn next(&mut self) -> Option<Option<Said>> {
        let start = self.bytes.windows(2).position(|pair| pair == [0x00, 0xFF]);
        let Some(start) = start else {
            let keeps_zero = self.bytes.last() == Some(&0);
            self.bytes.clear();
            self.bytes.extend(keeps_zero.then_some(0));
            return None;
        };
        self.bytes.drain(..start);
        let head = self.bytes.get(2..)?;
        let (said, used) = match *head {
            [0x00, 0xFF, ..] => (Some(Said::Ack), 4),
            [0xFF, 0x00, ..] => (Some(Said::Nack), 4),
            [0xFF, 0xFF, high, low, check, ref rest @ ..] => {
                let sum = high.wrapping_add(low).wrapping_add(check);
                match content(rest, usize::from(u16::from_be_bytes([high, low])), sum)? {
                    Some((said, used)) => (Some(said), 7 + used),
                    None => (None, 2),
                }
            }
            [0xFF, 0xFF, ..] | [] | [_] => return None,
            [length, check, ref rest @ ..] => {
                match content(rest, usize::from(length), length.wrapping_add(check))? {
                    Some((said, used)) => (Some(said), 4 + used),
                    None => (None, 2),
                }
            }
        };
        self.bytes.drain(..used);
        Some(said)
    }
}

/// What is said and how many bytes it took; the outer `None` where more is needed, the inner one for what is no frame.
fn content(rest: &[u8], length: usize, sum: u8) -> Option<Option<(Said, usize)>> {
    if sum != 0 || !(1..=CONTENT_MAX_BYTES).contains(&length) {
        return Some(None);
    }
    let content = rest.get(..length)?;
    let check = *rest.get(length)?;
    let is_whole = content.iter().fold(check, |sum, byte| sum.wrapping_add(*byte)) == 0;
    let said = match content {
        [TO_CHIP, command @ ..] if is_whole && !command.is_empty() => Said::Command(command.to_vec()),
        _ => Said::Damaged,
    };
    Some(Some((said, length + 1)))
}

/// An answer as a frame, extended where it must be.
pub(crate) fn frame(answer: &[u8]) -> Vec<u8> {
    let content = [&[FROM_CHIP], answer].concat();
    let mut bytes = vec![0x00, 0x00, 0xFF];
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    if content.len() <= NORMAL_MAX_BYTES {
        bytes.extend([low, low.wrapping_neg()]);
    } else {
        bytes.extend([0xFF, 0xFF, high, low, high.wrapping_add(low).wrapping_neg()]);
    }
    let sum = content.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    bytes.extend(&content);
    bytes.extend([sum.wrapping_neg(), 0x00]);
    bytes
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// As a host sends it: the same frame the other way.
    pub(crate) fn command(content: &[u8]) -> Vec<u8> {
        let mut bytes = frame(content);
        let at = bytes.iter().position(|byte| *byte == FROM_CHIP).unwrap();
        bytes[at] = TO_CHIP;
        let check = bytes.len() - 2;
        bytes[check] = bytes[check].wrapping_add(1);
        bytes
    }

    #[test]
    fn the_start_of_a_dialogue_with_libnfc_is_understood() {
        let wake_up = [&[0x55, 0x55][..], &[0; 14]].concat();
        let sam = [0x00, 0x00, 0xFF, 0x03, 0xFD, 0xD4, 0x14, 0x01, 0x17, 0x00];
        let mut line = Line::default();
        assert_eq!(
            line.take(&[wake_up, sam.to_vec(), ACK.to_vec(), NACK.to_vec()].concat()),
            [Said::Command(vec![0x14, 0x01]), Said::Ack, Said::Nack]
        );
        assert_eq!(
            frame(&[0x15]),
            [0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD5, 0x15, 0x16, 0x00]
        );
    }

    #[test]
    fn frames_of_all_lengths_come_through_byte_by_byte_and_after_noise() {
        for length in [1, 2, 253, 254, 255, 256, CONTENT_MAX_BYTES - 1] {
            let content = vec![0x5A; length];
            let mut line = Line::default();
            let noise = [0x00, 0xFF, 0x12, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x81];
            assert_eq!(line.take(&noise), []);
            let said: Vec<Said> = command(&content)
                .iter()
                .flat_map(|byte| line.take(&[*byte]))
                .collect();
            assert_eq!(said, [Said::Command(content)], "{length}");
        }
    }

    #[test]
    fn damaged_frames_are_told_and_nothing_piles_up() {
        let mut line = Line::default();
        let mut damaged = command(&[0x02]);
        damaged[7] ^= 0x10;
        assert_eq!(line.take(&damaged), [Said::Damaged]);
        assert_eq!(line.take(&frame(&[0x03, 0x32])), [Said::Damaged]);
        for byte in [0x00, 0xFF, 0x55] {
            line.take(&vec![byte; 100_000]);
            assert!(line.bytes.len() < 2 * CONTENT_MAX_BYTES);
        }
        // The longest that is waited for.
        line = Line::default();
        line.take(&[0x00, 0xFF, 0xFF, 0xFF, 0x01, 0x09, 0xF6]);
        line.take(&vec![0x11; 100_000]);
        assert!(line.bytes.len() < 2 * CONTENT_MAX_BYTES);
    }
}
