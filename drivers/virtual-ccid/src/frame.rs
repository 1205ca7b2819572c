//! Frames of the serial line: SYNC, a control byte, a CCID message, and the exclusive or of all of it.
//!
//! Not here: what a message says (`message`).

use zeroize::Zeroizing;

use crate::message::HEADER_BYTES;

/// The most bytes after a message's header: what the reader announces is 271 with it.
pub(crate) const DATA_BYTES_MAX: usize = 261;
/// What came was damaged; sent either way.
pub(crate) const NAK: [u8; 3] = [SYNC, CTRL_NAK, SYNC ^ CTRL_NAK];
/// Said between frames: the answer takes time yet.
///
/// Quirk: libccid 1.5.2 takes any byte from 80 on for this. After a message that says so (CCID rev. 1.1 §6.2.6) it would take the
/// next frame for an echo, and lose every second one.
pub(crate) const TIME_REQUEST: [u8; 1] = [0x81];

const SYNC: u8 = 0x03;
const CTRL_ACK: u8 = 0x06;
const CTRL_NAK: u8 = 0x15;
/// SYNC and the control byte.
const HEAD_BYTES: usize = 2;

/// What the host says.
pub(crate) enum Said {
    Message(Zeroizing<Vec<u8>>),
    Damaged,
    /// The host did not understand the last answer.
    Nak,
}

/// What has come and is not yet a frame.
#[derive(Default)]
pub(crate) struct Line {
    held: Zeroizing<Vec<u8>>,
}

/// The first frame in some bytes.
enum Found {
    /// So many bytes are nothing.
    Noise(usize),
    /// So many bytes are this.
    Frame(usize, Said),
    /// More bytes are needed.
    Partial,
}

impl Line {
    /// Takes bytes as they come. It keeps less than a frame.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Said> {
        let mut all = Zeroizing::new(Vec::with_capacity(self.held.len() + bytes.len()));
        all.extend_from_slice(&self.held);
        all.extend_from_slice(bytes);
        let (mut rest, mut said) = (all.as_slice(), Vec::new());
        // Each round eats at least a byte.
        while !rest.is_empty() {
            let eaten = match first(rest) {
                Found::Partial => break,
                Found::Noise(eaten) => eaten,
                Found::Frame(eaten, what) => {
                    said.push(what);
                    eaten
                }
            };
            rest = rest.get(eaten.max(1)..).unwrap_or_default();
        }
        self.held = Zeroizing::new(rest.to_vec());
        said
    }

    /// Whether a frame has begun and is not whole.
    pub(crate) fn is_partial(&self) -> bool {
        !self.held.is_empty()
    }

    /// Forgets a frame that does not go on.
    pub(crate) fn abandon(&mut self) {
        self.held = Zeroizing::default();
    }
}

fn first(bytes: &[u8]) -> Found {
    match *bytes {
        [] | [SYNC] => Found::Partial,
        [SYNC, CTRL_NAK] => Found::Partial,
        [SYNC, CTRL_NAK, check, ..] if check == SYNC ^ CTRL_NAK => Found::Frame(NAK.len(), Said::Nak),
        [SYNC, CTRL_ACK, ref message @ ..] => {
            let Some(&[_, a, b, c, d]) = message.first_chunk() else {
                return Found::Partial;
            };
            let data_bytes = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
            if data_bytes > DATA_BYTES_MAX {
                // Where the next frame begins cannot be known: all that has come is lost.
                return Found::Frame(bytes.len(), Said::Damaged);
            }
            let message_bytes = HEADER_BYTES + data_bytes;
            let Some((frame, _)) = bytes.split_at_checked(HEAD_BYTES + message_bytes + 1) else {
                return Found::Partial;
            };
            let said = match message.get(..message_bytes) {
                Some(message) if check(frame) == 0 => Said::Message(Zeroizing::new(message.to_vec())),
                _ => Said::Damaged,
            };
            Found::Frame(frame.len(), said)
        }
        _ => Found::Noise(1),
    }
}

fn check(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// A message as it goes over the line.
pub(crate) fn frame(message: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut frame = Zeroizing::new(Vec::with_capacity(HEAD_BYTES + message.len() + 1));
    frame.extend_from_slice(&[SYNC, CTRL_ACK]);
    frame.extend_from_slice(message);
    let sum = check(&frame);
    frame.push(sum);
    frame
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As libccid asks for the status of the slot.
    const STATUS: &[u8] = &[0x65, 0, 0, 0, 0, 0, 0x07, 0, 0, 0];

    fn messages(said: &[Said]) -> Vec<&[u8]> {
        said.iter()
            .filter_map(|said| match said {
                Said::Message(message) => Some(message.as_slice()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_frame_comes_whole_in_pieces_and_after_noise() {
        let framed = frame(STATUS);
        assert_eq!(framed.as_slice(), [&[3, 6][..], STATUS, &[0x67]].concat());
        let mut line = Line::default();
        assert_eq!(messages(&line.take(&framed)), [STATUS]);
        for byte in &framed[..framed.len() - 1] {
            assert!(line.take(&[*byte]).is_empty());
        }
        assert!(line.is_partial());
        assert_eq!(messages(&line.take(&framed[framed.len() - 1..])), [STATUS]);
        let noisy = [&[0x00, 0x50, 0x03, 0x50][..], &framed, &framed].concat();
        assert_eq!(messages(&line.take(&noisy)).len(), 2);
        assert!(!line.is_partial());
    }

    #[test]
    fn damage_is_told_and_the_next_frame_understood() {
        let mut broken = frame(STATUS);
        broken[8] ^= 1;
        let good = frame(STATUS);
        let mut line = Line::default();
        let said = line.take(&[broken.as_slice(), &NAK, &good].concat());
        assert!(matches!(
            said.as_slice(),
            [Said::Damaged, Said::Nak, Said::Message(_)]
        ));
        let too_long = [0x03, 0x06, 0x6F, 0x06, 0x01, 0x00, 0x00];
        assert!(matches!(line.take(&too_long).as_slice(), [Said::Damaged]));
        assert_eq!(messages(&line.take(&good)).len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_keep_less_than_a_frame(pieces: Vec<Vec<u8>>) {
            let mut line = Line::default();
            for piece in &pieces {
                line.take(piece);
                prop_assert!(line.held.len() < HEAD_BYTES + HEADER_BYTES + DATA_BYTES_MAX + 1);
            }
        }

        #[test]
        fn every_message_that_may_be_said_is_heard(data in proptest::collection::vec(any::<u8>(), 0..=DATA_BYTES_MAX)) {
            let mut message = vec![0x6F];
            message.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            message.extend([0, 1, 0, 0, 0]);
            message.extend(&data);
            let said = Line::default().take(&frame(&message));
            prop_assert_eq!(messages(&said), [message.as_slice()]);
        }
    }
}
