//! The lines of a trace, format 2: JSON objects, one a line, told apart by `event`.
//!
//! Not here: what writes them (`recorder`), and reading them within bounds (crate `trace`).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::ReaderKind;

/// Version of the line format.
pub const FORMAT: u32 = 2;

/// How a trace was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capture {
    /// Without personal and secret data.
    #[default]
    Redacted,
    /// Every byte at the link. Of played cards only.
    Exact,
}

/// One line of a trace. Times count microseconds from its beginning.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Line {
    /// A conversation begins.
    Connect {
        /// [`FORMAT`].
        format: u32,
        /// When.
        at_us: u64,
        /// How the trace was taken.
        #[serde(default)]
        capture: Capture,
        /// The kind of reader, as [`ReaderKind::name`] has it.
        #[serde(default)]
        reader: Cow<'static, str>,
        /// The answer to reset, in hexadecimal.
        atr: String,
        /// Of an exact trace: what every byte of it follows from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recipe: Option<Recipe>,
    },
    /// A command went out.
    Command {
        /// When.
        at_us: u64,
        /// Its name.
        #[serde(default)]
        name: Cow<'static, str>,
        /// CLA, INS, P1, P2 in hexadecimal.
        header: String,
        /// Its data.
        data: Data,
        /// The length that it expects (Le).
        expected: Option<u32>,
        /// Of an exact trace: all its bytes as they went to the reader, in hexadecimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        apdu: Option<String>,
        /// Whether it went under secure messaging: header, data, length and answer are those within.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        secured: bool,
    },
    /// A person was asked to type a value at the reader's keys.
    PadEntry {
        /// When.
        at_us: u64,
        /// Name of the command.
        #[serde(default)]
        name: Cow<'static, str>,
        /// Its header in hexadecimal.
        header: String,
    },
    /// The card answered.
    Response {
        /// When.
        at_us: u64,
        /// Its data.
        data: Data,
        /// Its status word in hexadecimal.
        status: String,
    },
    /// No answer came.
    NoAnswer {
        /// When that was known.
        at_us: u64,
        /// Why, as [`LinkError::code`](crate::LinkError::code) has it.
        code: Cow<'static, str>,
        /// Where an answer came that was not protected as it must be: its status word in hexadecimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
    },
    /// The card was reset.
    Reset {
        /// When.
        at_us: u64,
    },
    /// The card left.
    Removed {
        /// When that was known.
        at_us: u64,
    },
    /// Something was done at the reader, or to the played card.
    Control {
        /// When.
        at_us: u64,
        /// What.
        what: Cow<'static, str>,
    },
}

/// What every byte of a login at a played card follows from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recipe {
    /// The card: the name of its profile, which is built in.
    pub profile: String,
    /// Whether the profile is another, from a folder. Where that is, is not told: whoever replays the trace says it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub from_folder: bool,
    /// All randomness of the host and of the card follows from it.
    pub seed: u64,
    /// What the clock says throughout, by RFC 3339; certificates are judged as of it too.
    pub instant: String,
    /// Who asks for the login.
    pub audience: String,
    /// The service that is wanted, by the rules that are built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What the asker has the card sign too, in Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How the card signs, as an identity names it.
    pub signature: String,
    /// Whether the birth date is read from the card.
    pub birth_date_from_card: bool,
    /// What is typed. It is a test PIN: such a trace is of a played card.
    pub test_pin: String,
}

impl Line {
    /// The first line of a redacted trace.
    pub(crate) fn connect(at_us: u64, reader: ReaderKind, atr: &[u8]) -> Self {
        Self::Connect {
            format: FORMAT,
            at_us,
            capture: Capture::Redacted,
            reader: Cow::Borrowed(reader.name()),
            atr: hex(atr),
            recipe: None,
        }
    }
}

/// A data field: its bytes, or why they are not here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Data {
    /// How many bytes there were.
    pub length_bytes: usize,
    /// The bytes, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hex: Option<String>,
    /// Why they are not here: `personal` or `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Cow<'static, str>>,
    /// The same for equal personal data of one trace, another for others; says nothing about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Data {
    /// Shown as it was.
    #[must_use]
    pub fn known(bytes: &[u8]) -> Self {
        Self {
            length_bytes: bytes.len(),
            hex: Some(hex(bytes)),
            redacted: None,
            label: None,
        }
    }

    /// Withheld for this reason.
    pub(crate) fn withheld(length_bytes: usize, why: &'static str, label: Option<String>) -> Self {
        Self {
            length_bytes,
            hex: None,
            redacted: Some(Cow::Borrowed(why)),
            label,
        }
    }
}

/// Bytes as lines have them: two digits each, in capitals.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// How much personal data is kept for comparison while a trace is taken.
const KEPT_MAX_BYTES: usize = 1 << 20;
/// Of how many values.
const KEPT_MAX: usize = 1_024;

/// Which personal values a trace has had, so that equal ones get equal labels. They are wiped with it.
///
/// A label is a number of first appearance: nothing about the value follows from it, unlike from a digest.
#[derive(Default)]
pub struct Labels {
    values: Vec<Zeroizing<Vec<u8>>>,
    kept_bytes: usize,
}

impl Labels {
    /// The label of this value; none once there are more than are kept, and for values that nobody would take for the same.
    #[must_use]
    pub fn of(&mut self, value: &[u8]) -> Option<String> {
        let label = |index: usize| format!("personal-{}", index + 1);
        if let Some(known) = self.values.iter().position(|known| ***known == *value) {
            return Some(label(known));
        }
        let kept_bytes = self.kept_bytes.saturating_add(value.len());
        if kept_bytes > KEPT_MAX_BYTES || self.values.len() >= KEPT_MAX {
            return None;
        }
        self.kept_bytes = kept_bytes;
        self.values.push(Zeroizing::new(value.to_vec()));
        Some(label(self.values.len() - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_labels_and_others_have_others() {
        let mut labels = Labels::default();
        assert_eq!(labels.of(b"ROSSI").as_deref(), Some("personal-1"));
        assert_eq!(labels.of(b"BIANCHI").as_deref(), Some("personal-2"));
        assert_eq!(labels.of(b"ROSSI").as_deref(), Some("personal-1"));
    }

    #[test]
    fn more_values_than_are_kept_have_no_label_and_the_known_ones_keep_theirs() {
        let mut labels = Labels::default();
        for number in 0..KEPT_MAX {
            assert!(labels.of(&number.to_be_bytes()).is_some());
        }
        assert_eq!(labels.of(b"one more"), None);
        assert_eq!(labels.of(&0_usize.to_be_bytes()).as_deref(), Some("personal-1"));
        assert_eq!(Labels::default().of(&vec![0; KEPT_MAX_BYTES + 1]), None);
    }
}
