//! What passes between a host and its `varco-nfcd`: any bytes, from either, in any pieces.

use varco_reader_nfc::wire::{Answer, COMMAND_MAX_BYTES, CONTENT_MAX_BYTES, Inbox, Question, frame};

use crate::input::Input;

/// A frame that is taken is within its bounds, and what it says is said by the same bytes. The first byte is how many bytes
/// come at a time.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let piece = usize::from(input.byte()) + 1;
    let mut inbox = Inbox::default();
    loop {
        let bytes = input.take(piece.min(inbox.wanted()));
        if bytes.is_empty() {
            return;
        }
        let (number, kind, content) = match inbox.take(bytes) {
            Ok(None) => continue,
            Ok(Some(frame)) => frame,
            // A stream is not gone on with.
            Err(_) => return,
        };
        assert!(content.len() <= CONTENT_MAX_BYTES);
        assert!(frame(number, kind, &content).is_some());
        if let Ok(question) = Question::decode(kind, &content) {
            let (again, bytes) = question.encode();
            assert_eq!((again, bytes.as_slice()), (kind, content.as_slice()));
            if let Question::Transmit { command, .. } = question {
                assert!((1..=COMMAND_MAX_BYTES).contains(&command.len()));
            }
        }
        if let Ok(answer) = Answer::decode(kind, &content) {
            let (again, bytes) = answer.encode();
            assert_eq!((again, bytes.as_slice()), (kind, content.as_slice()));
        }
    }
}

/// One of each kind, in one piece and in many.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let frames: Vec<u8> = [
        (0x01, &b"pn532_uart:/dev/ttyUSB0"[..]),
        (0x02, b""),
        (0x03, b"\x00\x00\x27\x10\x00\xA4\x04\x0C"),
        (0x04, b""),
        (0x05, b""),
        (0x81, b""),
        (0x82, b""),
        (0x83, b"\x80\x31"),
        (0x84, b"\x00\x00\x00\x00\x00\x81\xE1\x00"),
        (0x85, b"\x90\x00"),
        (0x86, b"\x04"),
    ]
    .into_iter()
    .flat_map(|(kind, content)| frame(7, kind, content).unwrap().to_vec())
    .collect();
    vec![
        [&[0xFF][..], &frames].concat(),
        [&[0x00][..], &frames].concat(),
        b"\x10\x00\x04\x00".to_vec(),
        b"\x10\xFF\xFF\x00".to_vec(),
    ]
}
