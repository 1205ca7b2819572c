//! A PIN from a pipe: the first line, whatever the program behind it writes.

use std::io::Write;
use std::os::fd::OwnedFd;

use varco_card::ReaderName;
use varco_credential::{CardDescription, CardSecret, CredentialKind, PinForm, TriesLeft};
use varco_entry::StreamEntry;
use varco_session::{AskedValue, EntryError, PinEntry, PinQuestion, Purpose};

/// What one pipe holds without a reader; also twice what an entry takes.
const STREAM_MAX_BYTES: usize = 8192;
const ENTRY_MAX_BYTES: usize = 4096;

/// The line without its end, if it fits a PIN; nothing else of the stream.
pub fn target(data: &[u8]) {
    let stream = &data[..data.len().min(STREAM_MAX_BYTES)];
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(stream).unwrap();
    drop(writer);
    let typed = StreamEntry::new(OwnedFd::from(reader)).ask(&PinQuestion {
        reader: &ReaderName::new("a reader"),
        card: &CardDescription {
            kind: CredentialKind::Cns,
            profile: "generic".to_owned(),
            title_en: "a card".to_owned(),
            title_it: "una carta".to_owned(),
            recognised_by: varco_credential::RecognisedBy::AnswerToReset,
        },
        secret: CardSecret::USER_PIN,
        value: AskedValue::Present,
        purpose: Purpose::Login,
        form: PinForm {
            length_min: 5,
            length_max: 8,
            first_half: None,
        },
        tries_left: Some(TriesLeft::Known(3)),
        tries_max: Some(3),
        audience: "kiosk-7.example",
        service: None,
        not_taken: None,
    });
    match (typed, line(stream)) {
        (Ok(pin), Some(line)) => {
            let padded = pin.padded(16, 0x00).unwrap();
            assert_eq!((pin.length(), &padded[..line.len()]), (line.len(), line));
            assert_eq!(pin.is_digits(), line.iter().all(u8::is_ascii_digit));
        }
        (Err(EntryError::TooLong), None) => {}
        (outcome, line) => panic!("{outcome:?} where the line is {line:?}"),
    }
}

/// The line as it is to be read; `None` when it is longer than any PIN.
fn line(stream: &[u8]) -> Option<&[u8]> {
    let line = stream.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.len() >= ENTRY_MAX_BYTES {
        return None;
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    (line.len() <= 16).then_some(line)
}

/// Both line ends, none, nothing, too much.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        &b"12345\n"[..],
        b"12345678\r\nmore",
        b"12345",
        b"\n",
        b"1111111111111111\r\n",
        b"11111111111111111\n",
        &[b'7'; 4097],
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}
