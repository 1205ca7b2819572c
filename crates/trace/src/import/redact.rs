//! What of a log may be shown. A log does not say what is secret; what is not known to be public is not shown.
//!
//! | of | shown |
//! |---|---|
//! | commands | SELECT, MANAGE SECURITY ENVIRONMENT, READ BINARY, GET DATA, where what they bring has the form of what it should be: identifiers, references, offsets |
//! | answers | to SELECT: one template with nothing in it but sizes, kinds, identifiers, states and access rules |
//!
//! Under secure messaging, on other channels and in a maker's own class nothing is shown. No answer is shown any more once it
//! cannot be told what belongs together, or a card was told what is not shown here: it could answer that to anything.
//!
//! Not here: what belongs together (`weave`).

use varco_apdu::{CommandApdu, ResponseApdu, ins};
use varco_card::trace::Labels;

use crate::said::Field;

const PERSONAL: &str = "personal";
const SECRET: &str = "secret";

/// The longest path of a SELECT.
const PATH_MAX_BYTES: usize = 8;
/// The lengths of an application identifier (ISO/IEC 7816-4 §12.3.4).
const AID_BYTES: core::ops::RangeInclusive<usize> = 5..=16;
/// An identifier that is registered begins so, and no text does: categories A, D and E.
const AID_FIRST: core::ops::RangeInclusive<u8> = 0xA0..=0xEF;
/// So many digits in a row can be a PIN or a number of a person or a card.
const DIGITS: usize = 4;

/// Tags, with the most bytes that each may have.
type Members = [(u8, usize)];
/// Of a security environment: algorithm, file, keys (ISO/IEC 7816-4 §11.5.2).
const REFERENCES: &Members = &[(0x80, 1), (0x81, 2), (0x83, 2), (0x84, 2)];
/// Extended header list, tag list.
const OBJECTS: &Members = &[(0x4D, 12), (0x5C, 4)];
const OFFSET: &Members = &[(0x54, 4)];
/// Of what SELECT answers: sizes, descriptor, identifiers, state, access rules (ISO/IEC 7816-4 §7.4.3).
const CONTROL: &Members = &[
    (0x80, 4),
    (0x81, 4),
    (0x82, 6),
    (0x83, 2),
    (0x88, 1),
    (0x8A, 1),
    (0x8C, 9),
];

/// Redacts what passes, in its order.
#[derive(Default)]
pub(super) struct Redactor {
    /// No answer is shown any more.
    closed: bool,
    labels: Labels,
}

impl Redactor {
    /// From here on it cannot be told which answer belongs to which command, or whether a PIN was sent.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn command(&mut self, command: &CommandApdu) -> Field {
        let data = command.data();
        let is_shown = command.cla() == 0
            && !has_digits(data)
            && match command.ins() {
                ins::SELECT => is_selection(command.p1(), data),
                ins::MANAGE_SECURITY_ENVIRONMENT => are(REFERENCES, data),
                ins::GET_DATA_OBJECTS => are(OBJECTS, data),
                ins::READ_BINARY_OBJECTS => are(OFFSET, data),
                _ => false,
            };
        if is_shown || data.is_empty() {
            return Field::Known(data.to_vec());
        }
        self.close();
        self.withheld(data, SECRET)
    }

    pub(super) fn answer(&mut self, command: &CommandApdu, response: &ResponseApdu) -> Field {
        let data = response.data();
        match command.ins() {
            _ if data.is_empty() => Field::empty(),
            _ if command.cla() != 0 => self.withheld(data, SECRET),
            ins::SELECT if !self.closed && is_control(data) => Field::Known(data.to_vec()),
            // Which of them are equal may be told of any: that says nothing about what they are.
            ins::READ_BINARY | ins::READ_BINARY_OBJECTS | ins::GET_DATA | ins::GET_DATA_OBJECTS => {
                self.withheld(data, PERSONAL)
            }
            _ => self.withheld(data, SECRET),
        }
    }

    fn withheld(&mut self, bytes: &[u8], kind: &'static str) -> Field {
        Field::Withheld {
            length_bytes: bytes.len(),
            kind: kind.to_owned(),
            // Whether two secrets are equal is nobody's business.
            label: (kind == PERSONAL).then(|| self.labels.of(bytes)).flatten(),
        }
    }
}

/// An identifier of a file or an application, or a path (ISO/IEC 7816-4 §11.2.2).
fn is_selection(p1: u8, data: &[u8]) -> bool {
    match p1 {
        0x00..=0x02 => data.len() == 2,
        0x04 => {
            AID_BYTES.contains(&data.len()) && data.first().is_some_and(|first| AID_FIRST.contains(first))
        }
        0x08 | 0x09 => data.len() <= PATH_MAX_BYTES && data.len().is_multiple_of(2),
        _ => false,
    }
}

/// A template of file control parameters or file control information.
fn is_control(data: &[u8]) -> bool {
    match data {
        [0x62 | 0x6F, length @ 0..=0x7F, members @ ..] => {
            usize::from(*length) == members.len() && are(CONTROL, members) && !has_digits(members)
        }
        _ => false,
    }
}

/// These objects and nothing else, none of them longer than it may be.
fn are(known: &Members, mut data: &[u8]) -> bool {
    while let [tag, length, rest @ ..] = data {
        let length = usize::from(*length);
        match rest.split_at_checked(length) {
            Some((_, after)) if known.iter().any(|(of, most)| of == tag && length <= *most) => data = after,
            _ => return false,
        }
    }
    data.is_empty()
}

fn has_digits(data: &[u8]) -> bool {
    data.windows(DIGITS)
        .any(|window| window.iter().all(u8::is_ascii_digit))
}
