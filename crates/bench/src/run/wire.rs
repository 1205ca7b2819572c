//! What whoever starts a worker and the worker say to each other: JSON objects, one on a line.
//!
//! Not here: the work.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::target::{Amount, Blame, Hindrance, Holder};

/// The most bytes of a line.
pub(crate) const LINE_BYTES_MAX: u64 = 1_048_576;

/// The most characters of what helps to find out more: a line holds them, however they are written.
const DETAIL_CHARS_MAX: usize = 4096;

/// What a worker is to do; the first line that it reads.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Job {
    /// The scenario's file, for errors and for what is named beside it.
    pub(crate) file: PathBuf,
    /// Its text.
    pub(crate) text: String,
    /// Where it is run.
    pub(crate) target: String,
    /// The port of vpcd's first slot.
    pub(crate) vpcd_port: u16,
    /// The line of the serial reader that pcscd was told of.
    pub(crate) line: Option<PathBuf>,
    /// The program that drives NFC readers.
    pub(crate) nfcd: PathBuf,
    /// The bench file, where the target is a real reader.
    pub(crate) bench: Option<BenchText>,
    /// Codes of real cards.
    pub(crate) holder: Option<Holder>,
    /// The language in which a person is asked.
    pub(crate) lang: String,
}

/// A bench file as it was read.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BenchText {
    /// Where from.
    pub(crate) file: PathBuf,
    /// Its text.
    pub(crate) text: String,
}

/// What a worker says.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Event {
    /// A step begins; without a number, the preparation.
    Begun {
        step: Option<usize>,
        line: usize,
        what: String,
        /// Whether it is what is tested that works now, and not the rig.
        is_tested: bool,
    },
    /// A step is done.
    Done { step: usize },
    /// The PC/SC service is to be started anew. A line [`Answer`] comes back.
    Restart {},
    /// This may be spent on a card. A line [`Answer`] comes back, and nothing is sent before it.
    Take {
        card: String,
        serial: String,
        amount: Amount,
    },
    /// This was spent of what was taken.
    Settle {
        card: String,
        taken: Amount,
        spent: Amount,
    },
    /// Hands are at work, or have finished. Their time is their own.
    ByHand { is_busy: bool },
    /// It is over.
    Ended(Finding),
}

/// What a worker is told back.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// Why it was not done, or must not be.
    pub(crate) failed: Option<String>,
}

/// How a scenario ended at a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything that was expected came.
    Passed,
    /// Something that was expected did not come.
    Failed,
    /// The rig failed; nothing is known of what was to be tested.
    RigError,
    /// The target has no such thing.
    NotApplicable,
}

impl Outcome {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::RigError => "rig-error",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// How it ended, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// How.
    pub outcome: Outcome,
    /// The stable name of why; none where it passed.
    pub code: Option<String>,
    /// What helps to find out more, in English.
    pub detail: Option<String>,
    /// The line of the scenario at which it ended, where it was in a step.
    pub line: Option<usize>,
    /// What came of each action until then, in order.
    #[serde(default)]
    pub ends: Vec<End>,
}

/// What came of an action.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The line of its step.
    pub line: usize,
    /// `logged-in`, `done`, or the stable code of why not; of a program `exit-N`, or `signal`.
    pub end: String,
}

impl Finding {
    pub(crate) fn passed() -> Self {
        Self {
            outcome: Outcome::Passed,
            code: None,
            detail: None,
            line: None,
            ends: Vec::new(),
        }
    }

    pub(crate) fn of(outcome: Outcome, code: &str, detail: impl Into<String>) -> Self {
        Self {
            outcome,
            code: Some(code.to_owned()),
            detail: Some(detail.into().chars().take(DETAIL_CHARS_MAX).collect()),
            line: None,
            ends: Vec::new(),
        }
    }

    pub(crate) fn at(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }
}

impl From<Hindrance> for Finding {
    fn from(hindrance: Hindrance) -> Self {
        let outcome = match hindrance.blame() {
            Blame::Rig => Outcome::RigError,
            Blame::NotApplicable => Outcome::NotApplicable,
        };
        Self::of(outcome, hindrance.code(), hindrance.detail())
    }
}
