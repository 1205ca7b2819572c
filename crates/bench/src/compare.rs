//! Two cards asked the same questions: a real one and a played one, or two real ones.
//!
//! Not here: why they differ. What a holder's files contain is compared by length only; nothing of it is kept.

mod ask;
mod probes;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use varco::{LoginError, Varco};

pub use ask::{Answer, Asked};
pub use probes::{Probe, ProbeError, Step, conformance};

use crate::looking::LookError;

/// One of the two cards: a reader, and how long it may be held by others.
pub struct Side<'s> {
    /// The readers.
    pub varco: &'s Varco,
    /// Which one; none where there is one only.
    pub reader: Option<&'s str>,
    /// How long to wait for the card.
    pub wait: Duration,
}

/// How one probe came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Both answered alike.
    Equal,
    /// They did not.
    Differs,
    /// They did not, in a part that a recording replaces.
    Replaced,
    /// A reader does not carry the command, so nothing is known.
    NotTried,
}

/// One command of a probe, and both answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Compared {
    /// The probe.
    pub probe: String,
    /// The step, from 1.
    pub step: usize,
    /// What was sent, in hex; `reset` for a reset.
    pub sent: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What the first card answered.
    pub here: Answer,
    /// What the second one answered.
    pub there: Answer,
}

/// What a card was recognised as.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Recognised {
    /// `cns` or `cie`.
    pub kind: &'static str,
    /// The maker's profile.
    pub maker: String,
}

/// What came of a comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Comparison {
    /// The first card, by whose kind the probes were chosen.
    pub here: Recognised,
    /// The second one; none where it is no kind of card that is known.
    pub there: Option<Recognised>,
    /// Each step of each probe, in order.
    pub steps: Vec<Compared>,
}

impl Comparison {
    /// How many steps came out so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.steps.iter().filter(|step| step.outcome == outcome).count()
    }

    /// Whether nothing differs but what a recording replaces. How long answers took does not count: that is also the reader's.
    /// Nor does the maker, which is only how the card was recognised.
    #[must_use]
    pub fn is_alike(&self) -> bool {
        self.count(Outcome::Differs) == 0
    }

    /// Steps at which one card took much longer than the other: by more than one power of ten.
    pub fn slower(&self) -> impl Iterator<Item = &Compared> {
        self.steps.iter().filter(|step| step.is_slower())
    }
}

impl Compared {
    /// Whether one card took much longer than the other.
    #[must_use]
    pub fn is_slower(&self) -> bool {
        match (self.here.timing(), self.there.timing()) {
            (Some(here), Some(there)) => !here.is_near(there),
            _ => false,
        }
    }
}

/// Why two cards were not compared: which of them could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The first one.
    #[error("the first card: {0}")]
    Here(LookError),
    /// The second one.
    #[error("the second card: {0}")]
    There(LookError),
}

impl CompareError {
    /// Why.
    #[must_use]
    pub fn cause(&self) -> &LookError {
        match self {
            Self::Here(error) | Self::There(error) => error,
        }
    }

    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.cause().code()
    }
}

/// Asks both cards the conformance set. `replaced` names the parts that are not one card's own, as `recording.json` has them.
///
/// # Errors
/// [`CompareError`].
pub fn compare(
    here: &Side<'_>,
    there: &Side<'_>,
    probes: &[Probe],
    replaced: &BTreeSet<String>,
) -> Result<Comparison, CompareError> {
    let here_is = ask::recognised(here).map_err(CompareError::Here)?;
    let there_is = match ask::recognised(there) {
        Ok(seen) => Some(seen),
        // It can be asked all the same.
        Err(LookError::Card(LoginError::NotRecognised | LoginError::ForeignCard(_))) => None,
        Err(error) => return Err(CompareError::There(error)),
    };
    let probes: Vec<&Probe> = probes.iter().filter(|probe| probe.is_for(here_is.kind)).collect();
    let first = ask::ask(here, &probes).map_err(CompareError::Here)?;
    let second = ask::ask(there, &probes).map_err(CompareError::There)?;
    let mut steps = Vec::new();
    for (probe, (first, second)) in probes.iter().zip(first.into_iter().zip(second)) {
        for (index, (here, there)) in first.into_iter().zip(second).enumerate() {
            steps.push(Compared {
                probe: probe.name.clone(),
                step: index + 1,
                sent: here.sent,
                outcome: outcome(probe, &here.answer, &there.answer, replaced),
                here: here.answer,
                there: there.answer,
            });
        }
    }
    Ok(Comparison {
        here: here_is,
        there: there_is,
        steps,
    })
}

fn outcome(probe: &Probe, here: &Answer, there: &Answer, replaced: &BTreeSet<String>) -> Outcome {
    let is_replaced = |key: &str| {
        let part = probe.part.as_deref();
        part.is_some_and(|part| replaced.contains(&format!("{key}{part}")))
    };
    match (here, there) {
        (Answer::NotCarried, _) | (_, Answer::NotCarried) => Outcome::NotTried,
        (Answer::Reset, Answer::Reset) => Outcome::Equal,
        (
            Answer::Answered {
                status,
                length,
                sha256,
                ..
            },
            Answer::Answered {
                status: other_status,
                length: other_length,
                sha256: other_sha256,
                ..
            },
        ) => {
            let is_size_replaced =
                is_replaced("size of ") && is_about_size(status) && is_about_size(other_status);
            match (
                status == other_status,
                length == other_length,
                sha256 == other_sha256,
            ) {
                (true, true, true) => Outcome::Equal,
                (_, _, true) if is_size_replaced => Outcome::Replaced,
                // Another content may be longer, too.
                (true, _, false) if is_replaced("") => Outcome::Replaced,
                _ => Outcome::Differs,
            }
        }
        _ => Outcome::Differs,
    }
}

/// Whether a status word tells no more than how much there is to read: 9000, the end before so many bytes (6282), another length
/// (6Cxx), an offset beyond the end (6B00). ISO/IEC 7816-4, 5.6 and 11.2.3.
fn is_about_size(status: &str) -> bool {
    matches!(status, "9000" | "6282" | "6B00") || status.starts_with("6C")
}
