//! card.toml as it is written: keys, types, and the words of each choice. A key that is not here is an error.
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
    /// The PIN of the key for qualified signatures, and its PUK: both or none.
    pub(crate) signature_pin: Option<ProfileSecret>,
    pub(crate) signature_puk: Option<ProfileSecret>,
    #[serde(default)]
    pub(crate) key: Vec<Key>,
    /// The files of the default application.
    #[serde(default)]
    pub(crate) file: Vec<File>,
    #[serde(default)]
    pub(crate) application: Vec<Application>,
    /// The application in which PIN and keys are, by its identifier; without it, the default one.
    pub(crate) security_application: Option<String>,
}

/// An application: its files are there once it was selected by its identifier.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    pub(crate) aid: String,
    #[serde(default)]
    pub(crate) data: Vec<Data>,
    #[serde(default)]
    pub(crate) file: Vec<File>,
}

/// What GET DATA reads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    pub(crate) tag: String,
    pub(crate) value: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Cns,
}

/// What differs between makes of the same specification.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behaviour {
    pub(crate) wrong_pin: WrongPin,
    pub(crate) empty_verify: EmptyVerify,
    pub(crate) reference_search_bit: SearchBit,
    pub(crate) chaining: bool,
    pub(crate) extended_length: bool,
    pub(crate) short_read: ShortRead,
    pub(crate) security_environment: u8,
    /// The most bytes that GET CHALLENGE gives at once [cns §4.2].
    #[serde(default = "short_answer")]
    pub(crate) challenge_max: u16,
    /// Answers by 61xx and GET RESPONSE.
    #[serde(default)]
    pub(crate) get_response: bool,
    /// Takes MSE SET with P1 = 41 beside F1.
    #[serde(default)]
    pub(crate) iso_mse: bool,
    /// Does PSO DECIPHER.
    #[serde(default = "yes")]
    pub(crate) decipher: bool,
    /// Does PSO COMPUTE DIGITAL SIGNATURE.
    #[serde(default)]
    pub(crate) signature_command: bool,
    /// On what.
    #[serde(default)]
    pub(crate) signature_input: SignatureInput,
    #[serde(default)]
    pub(crate) select: Select,
    #[serde(default)]
    pub(crate) fci: Fci,
    #[serde(default)]
    pub(crate) verify_success: VerifySuccess,
    #[serde(default)]
    pub(crate) unblock: Unblock,
}

/// What RESET RETRY COUNTER wants besides PUK and new PIN [cns §3.2].
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unblock {
    /// Nothing.
    #[default]
    OneCommand,
    /// That the PUK was verified before.
    VerifiedFirst,
}

/// All that a short answer holds.
fn short_answer() -> u16 {
    256
}

fn yes() -> bool {
    true
}

/// What PSO COMPUTE DIGITAL SIGNATURE takes.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SignatureInput {
    /// A block that the host padded.
    #[default]
    Block,
    /// A DigestInfo, which the card pads.
    DigestInfo,
}

/// Which forms of SELECT are taken.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Select {
    /// With and without file control information.
    #[default]
    Any,
    /// Only those that ask for it.
    FciOnly,
}

/// How the file control information is written.
#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fci {
    #[default]
    Standard,
    WithoutSize,
    Ias,
}

/// How a right PIN is answered.
#[derive(Deserialize, Clone, Copy, Default)]
pub(crate) enum VerifySuccess {
    #[default]
    #[serde(rename = "9000")]
    Plain,
    /// Done, with a warning that the memory grows weak [cns §3.4].
    #[serde(rename = "9001")]
    WeakMemory,
}

#[derive(Deserialize, Clone, Copy)]
pub(crate) enum WrongPin {
    #[serde(rename = "6300")]
    NoCounter,
    #[serde(rename = "63cx")]
    Counter,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EmptyVerify {
    Count,
    Refused,
    Burns,
}

/// Whether P2 carries the bit 80 that lets a card search in the directories above [cns §3].
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SearchBit {
    Required,
    Absent,
}

#[derive(Deserialize, Clone, Copy)]
pub(crate) enum ShortRead {
    #[serde(rename = "9000")]
    Success,
    #[serde(rename = "6282")]
    EndOfFile,
    #[serde(rename = "6cxx")]
    CorrectLength,
}

/// A private key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) reference: u8,
    pub(crate) file: String,
    /// The directory that must be current when it is used.
    pub(crate) folder: Option<String>,
}

/// An elementary file, or without `size` and `content` a directory.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) size: Option<usize>,
    pub(crate) content: Option<String>,
    pub(crate) read: Option<Read>,
    /// Read so that a profile may say it; nothing on a played CNS is written to, so there is one word for it.
    #[serde(rename = "update")]
    pub(crate) _update: Option<Update>,
    pub(crate) aid: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Read {
    Always,
    Never,
    Pin,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Update {
    Never,
}
