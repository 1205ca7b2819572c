//! card.toml of a CIE as it is written: keys, types, and the words of each choice. A key that is not here is an error.
//!
//! Not here: whether the values make a card (`profile`).

use serde::Deserialize;
use varco_emulator::ProfileSecret;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardToml {
    pub(crate) format: u32,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) title_en: String,
    pub(crate) title_it: String,
    pub(crate) atr: String,
    pub(crate) behaviour: Behaviour,
    pub(crate) pin: ProfileSecret,
    pub(crate) puk: ProfileSecret,
    pub(crate) keys: Keys,
    pub(crate) root: Root,
    pub(crate) group: Group,
    pub(crate) file: Vec<File>,
}

/// The kind of card.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Cie,
}

/// What chips of one family do alike.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behaviour {
    pub(crate) chaining: bool,
    pub(crate) extended_length: bool,
    /// The most bytes of an extended answer.
    #[serde(default = "most")]
    pub(crate) response_max_bytes: usize,
    /// Whether long answers come whole or in parts.
    pub(crate) answers: AnswersToml,
    /// Whether GET DATA may ask for all domain parameters at once.
    pub(crate) dh_at_once: bool,
    /// Whether the terminal's key may be named in template B6 too.
    pub(crate) names_terminal_in_b6: bool,
    /// Whether GET DATA tells the tries left.
    pub(crate) tells_tries: bool,
    pub(crate) last_wrong_pin: LastWrongPin,
    pub(crate) outer_status: OuterStatus,
    /// What a hostile card does.
    pub(crate) fault: Option<Fault>,
}

fn most() -> usize {
    65_536
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnswersToml {
    Whole,
    InParts,
}

/// What the last wrong PIN is answered `[cie §10.2]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub(crate) enum LastWrongPin {
    #[serde(rename = "63C0")]
    Counter,
    #[serde(rename = "6983")]
    Blocked,
}

/// The status word outside of a protected answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OuterStatus {
    /// 9000.
    Done,
    /// The protected one once more.
    Same,
}

/// What a card does that no honest one does; the last is only rare.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// One bit of the first protected answer's MAC is another.
    FlippedMac,
    /// The second protected answer is the first one again.
    ReplayedAnswer,
    /// VERIFY is answered 9000 in clear, whatever the value.
    UnprotectedVerify,
    /// The card's Diffie-Hellman value is 1.
    DhValueOne,
    /// The card's Diffie-Hellman value begins with a zero byte, as one in 256 does.
    DhLeadingZeros,
}

/// Files with the private keys, PKCS#8 DER.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// 81: the holder's.
    pub(crate) holder: String,
    /// 82: the device's.
    pub(crate) device: String,
    /// 83: against cloning.
    pub(crate) service: String,
}

/// Files with the root key by which terminals are verified, and how the card names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Root {
    pub(crate) modulus: String,
    pub(crate) exponent: String,
    pub(crate) reference: String,
    pub(crate) authorisation: String,
}

/// Files with the domain parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) p: String,
    pub(crate) q: String,
    pub(crate) g: String,
}

/// An elementary file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Four hex digits.
    pub(crate) id: String,
    pub(crate) short_id: Option<u8>,
    pub(crate) application: ApplicationToml,
    /// Bytes of the file, filled up with zeros; those of the content when absent.
    pub(crate) size: Option<usize>,
    pub(crate) content: String,
    pub(crate) read: ReadToml,
}

/// In which application a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ApplicationToml {
    Ias,
    Cie,
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReadToml {
    Always,
    /// With the PIN verified, by secure messaging.
    Pin,
}
