//! A scenario: what happens to a card and what must come of it, in order, wherever it is run.
//!
//! Not here: where it is run (`target`), and how ([`crate::run`]). docs/bench.md has the format for those who write one.

mod expectation;
mod order;
mod parse;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use varco_emulator::fault::{FaultError, FaultPlan};

pub use expectation::{Expectation, IdentityWanted};
pub use parse::{SCENARIO_BYTES_MAX, ScenarioError};

/// The form of file that this version reads.
pub const FORMAT: u32 = 1;

/// What is to happen, checked: names are known, numbers are small, and the order is possible.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// Its name in reports: lower-case letters, digits and hyphens.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The cards by the names that the steps use.
    pub cards: BTreeMap<String, CardWanted>,
    /// Whom to believe.
    pub trust: TrustWanted,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// Which card a name stands for.
#[derive(Clone, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CardWanted {
    /// Built-in profiles, or folders beginning with `./` beside the scenario; the first that a target can hold is played.
    #[serde(deserialize_with = "expectation::one_or_several")]
    pub profile: Vec<String>,
    /// What a real card must be to stand in, any of these: names of kinds of credential, such as `cns` or `cie`.
    #[serde(deserialize_with = "expectation::one_or_several")]
    pub kind: Vec<String>,
}

/// Whom to believe about cards: those who are named, or without any the authorities of the played cards and their lists.
#[derive(Clone, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrustWanted {
    /// Files or folders of authorities beside the scenario.
    pub anchors: Vec<PathBuf>,
    /// The same of test authorities; what rests on them is marked.
    pub test_anchors: Vec<PathBuf>,
    /// Revocation lists.
    pub lists: Vec<PathBuf>,
    /// Country signers.
    pub country_signers: Vec<PathBuf>,
    /// Test country signers.
    pub test_country_signers: Vec<PathBuf>,
}

/// One step.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Where it stands in the file.
    pub line: usize,
    /// What happens.
    pub what: Do,
}

/// What happens in a step.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Do {
    /// A card is put in.
    Insert {
        /// By its name in the scenario.
        card: String,
    },
    /// The card is taken out.
    Remove {},
    /// What the person types at the next question.
    Type {
        /// `@pin` and its like, or digits.
        value: Typed,
        /// What happens before it is typed, while the question stands.
        #[serde(default)]
        meanwhile: Option<Meanwhile>,
    },
    /// Nothing happens for a time.
    Wait {
        /// Milliseconds.
        ms: u64,
    },
    /// Another program resets the card.
    Reset {},
    /// Something breaks, by the catalogue of faults.
    Fault {
        /// Such as `remove@verify`.
        plan: Plan,
        /// Whether the action after it may end without it.
        #[serde(default)]
        may_miss: bool,
    },
    /// A login.
    Login {
        /// The service that is wanted.
        #[serde(default)]
        service: Option<String>,
        /// Who asks.
        #[serde(default)]
        audience: Option<String>,
        /// Whether the last try may be spent.
        #[serde(default)]
        allow_last_try: bool,
    },
    /// The card is recognised.
    Card {},
    /// An identity card shows without a PIN that it is genuine and no copy.
    Document {},
    /// The counters are asked for.
    PinStatus {},
    /// The PIN is changed.
    PinChange {
        /// Whether the last try may be spent.
        #[serde(default)]
        allow_last_try: bool,
    },
    /// The PIN is unblocked with the PUK.
    PinUnblock {
        /// Whether the last try may be spent.
        #[serde(default)]
        allow_last_try: bool,
    },
    /// Another program is run, which reaches the card through PC/SC.
    Run {
        /// Its name or path.
        program: String,
        /// Its arguments; nothing in them is replaced.
        #[serde(default)]
        arguments: Vec<String>,
    },
    /// What must have come of the action before.
    Expect(Box<Expectation>),
}

/// A plan of the catalogue of faults, docs/faults.md.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Plan(pub FaultPlan);

impl TryFrom<String> for Plan {
    type Error = FaultError;

    fn try_from(text: String) -> Result<Self, FaultError> {
        text.parse().map(Self)
    }
}

/// What is typed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum Typed {
    /// The card's PIN.
    Pin,
    /// A PIN that it will be given.
    NewPin,
    /// A PIN that is not the card's, in the right form: one of three.
    WrongPin(u8),
    /// The card's PUK.
    Puk,
    /// A PUK that is not the card's, in the right form.
    WrongPuk,
    /// These digits, of a played card only.
    Literal(String),
    /// The person gives up.
    Cancel,
}

/// What happens while a question stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meanwhile {
    /// The card is taken out.
    Remove,
    /// Another program resets the card.
    Reset,
}

/// The longest value that may be typed.
const TYPED_CHARS_MAX: usize = 16;

impl TryFrom<String> for Typed {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(match text.as_str() {
            "@pin" => Self::Pin,
            "@new-pin" => Self::NewPin,
            "@wrong-pin" => Self::WrongPin(1),
            "@wrong-pin-2" => Self::WrongPin(2),
            "@wrong-pin-3" => Self::WrongPin(3),
            "@puk" => Self::Puk,
            "@wrong-puk" => Self::WrongPuk,
            "@cancel" => Self::Cancel,
            digits if digits.len() <= TYPED_CHARS_MAX && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Self::Literal(text)
            }
            _ => {
                return Err(format!(
                    "a value is @pin, @new-pin, @wrong-pin, @wrong-pin-2, @wrong-pin-3, @puk, @wrong-puk, @cancel, or at most {TYPED_CHARS_MAX} digits"
                ));
            }
        })
    }
}

impl Typed {
    /// Whether a card takes it for a wrong value, which costs a try; of digits nobody knows.
    #[must_use]
    pub fn may_cost(&self) -> bool {
        matches!(self, Self::WrongPin(_) | Self::WrongPuk | Self::Literal(_))
    }
}

impl Do {
    /// How the file names it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Insert { .. } => "insert",
            Self::Remove {} => "remove",
            Self::Type { .. } => "type",
            Self::Wait { .. } => "wait",
            Self::Reset {} => "reset",
            Self::Fault { .. } => "fault",
            Self::Login { .. } => "login",
            Self::Card {} => "card",
            Self::Document {} => "document",
            Self::PinStatus {} => "pin-status",
            Self::PinChange { .. } => "pin-change",
            Self::PinUnblock { .. } => "pin-unblock",
            Self::Run { .. } => "run",
            Self::Expect(_) => "expect",
        }
    }

    /// For how long it does nothing, in milliseconds.
    #[must_use]
    pub fn waits_ms(&self) -> u64 {
        match self {
            Self::Wait { ms } => *ms,
            _ => 0,
        }
    }

    /// Whether it is an action, of which something is expected.
    #[must_use]
    pub fn is_action(&self) -> bool {
        matches!(
            self,
            Self::Login { .. }
                | Self::Card {}
                | Self::Document {}
                | Self::PinStatus {}
                | Self::PinChange { .. }
                | Self::PinUnblock { .. }
                | Self::Run { .. }
        )
    }

    /// Whether values are typed at it.
    #[must_use]
    pub fn asks(&self) -> bool {
        matches!(
            self,
            Self::Login { .. } | Self::PinChange { .. } | Self::PinUnblock { .. } | Self::Run { .. }
        )
    }
}
