//! What of a log may be shown. A log does not say what is secret; what is not known to be public is not shown.
//!
//! | of | shown |
//! |---|---|
//! | commands | SELECT, MANAGE SECURITY ENVIRONMENT, READ BINARY, GET DATA, where what they bring has the form of what it should be: identifiers, references, offsets |
//! | answers | to SELECT; to READ BINARY of the files that the table of files calls public |
//!
//! Under secure messaging, in a maker's own class, and in answers after a PIN was sent, nothing is shown.
//!
//! Not here: the table of files (`decode::known`).

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use varco_apdu::{CommandApdu, ResponseApdu, ins};
use zeroize::Zeroizing;

use crate::decode::Place;
use crate::said::{Field, Said};

const PERSONAL: &str = "personal";
const SECRET: &str = "secret";

/// The longest path of a SELECT.
const PATH_MAX_BYTES: usize = 8;
/// The lengths of an application identifier (ISO/IEC 7816-4 §12.3.4).
const AID_BYTES: core::ops::RangeInclusive<usize> = 5..=16;
/// An identifier that is registered begins so, and no text does: categories A, D, E and F.
const AID_FIRST_LEAST: u8 = 0xA0;
/// The longest reference of a key or an object.
const REFERENCE_MAX_BYTES: usize = 16;

/// Redacts what passes, in its order.
#[derive(Default)]
pub(super) struct Redactor {
    place: Place,
    /// A card that has seen a PIN can answer it to anything.
    pin_passed: bool,
    /// Why the last answer was not shown; GET RESPONSE brings more of the same.
    last: Option<&'static str>,
    labels: HashMap<Seen, usize>,
}

/// Bytes that were not shown; they wipe themselves.
#[derive(PartialEq, Eq)]
struct Seen(Zeroizing<Vec<u8>>);

impl Hash for Seen {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_slice().hash(state);
    }
}

impl Redactor {
    /// Goes on to where the card is after this.
    pub(super) fn pass(&mut self, said: &Said) {
        if let Said::Connect { .. } = said {
            self.last = Some(SECRET);
        }
        self.place.pass(said);
    }

    pub(super) fn command(&mut self, command: &CommandApdu) -> Field {
        let data = command.data();
        let names = match command.ins() {
            ins::SELECT => is_selection(command.p1(), data),
            // Algorithm, file, keys (ISO/IEC 7816-4 §11.5.2).
            ins::MANAGE_SECURITY_ENVIRONMENT => are_references(data, &[0x80, 0x81, 0x83, 0x84]),
            // Tag list, extended header list; offset.
            ins::GET_DATA_OBJECTS => are_references(data, &[0x4D, 0x5C]),
            ins::READ_BINARY_OBJECTS => are_references(data, &[0x54]),
            _ => false,
        };
        let kind = (!names || !is_plain(command)).then_some(SECRET);
        self.pin_passed |= matches!(
            command.ins(),
            ins::VERIFY | 0x21 | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER
        ) && !command.data().is_empty();
        self.field(command.data(), kind)
    }

    pub(super) fn answer(&mut self, command: &CommandApdu, response: &ResponseApdu) -> Field {
        let kind = match command.ins() {
            _ if self.pin_passed || !is_plain(command) => Some(SECRET),
            ins::GET_RESPONSE => self.last,
            ins::SELECT => None,
            ins::READ_BINARY if self.place.is_public(command.p1()) => None,
            ins::READ_BINARY | ins::READ_BINARY_OBJECTS | ins::GET_DATA | ins::GET_DATA_OBJECTS => {
                Some(PERSONAL)
            }
            _ => Some(SECRET),
        };
        self.last = kind;
        self.field(response.data(), kind)
    }

    fn label(&mut self, bytes: &[u8]) -> String {
        let next = self.labels.len() + 1;
        let number = *self
            .labels
            .entry(Seen(Zeroizing::new(bytes.to_vec())))
            .or_insert(next);
        format!("{PERSONAL}-{number}")
    }

    fn field(&mut self, bytes: &[u8], kind: Option<&'static str>) -> Field {
        match kind {
            Some(kind) if !bytes.is_empty() => Field::Withheld {
                length_bytes: bytes.len(),
                kind: kind.to_owned(),
                // Whether two secrets are equal is nobody's business.
                label: (kind == PERSONAL).then(|| self.label(bytes)),
            },
            _ => Field::Known(bytes.to_vec()),
        }
    }
}

/// An identifier of a file or an application, or a path.
fn is_selection(p1: u8, data: &[u8]) -> bool {
    if p1 == 0x04 {
        return AID_BYTES.contains(&data.len())
            && data.first().is_some_and(|first| *first >= AID_FIRST_LEAST);
    }
    data.len() <= PATH_MAX_BYTES && data.len().is_multiple_of(2)
}

/// Objects with these tags and nothing else, none of them longer than a reference.
fn are_references(mut data: &[u8], tags: &[u8]) -> bool {
    while let [tag, length, rest @ ..] = data {
        let length = usize::from(*length);
        match rest.split_at_checked(length) {
            Some((_, after)) if tags.contains(tag) && length <= REFERENCE_MAX_BYTES => data = after,
            _ => return false,
        }
    }
    data.is_empty()
}

/// Neither in a maker's own class nor under secure messaging, nor a part of something longer.
fn is_plain(command: &CommandApdu) -> bool {
    command.cla() & !0x03 == 0
}
