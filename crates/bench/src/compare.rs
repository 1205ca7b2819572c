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
use varco::Varco;

pub use ask::{Answer, Asked};
pub use probes::{Probe, ProbeError, Step, conformance};

use crate::rig::known;
use crate::target::Hindrance;

/// The form of a report.
pub const COMPARISON_FORMAT: u32 = 1;

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

/// What came of a comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Comparison {
    /// [`COMPARISON_FORMAT`].
    pub format: u32,
    /// The kind of card by whose probes both were asked.
    pub kind: &'static str,
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
    #[must_use]
    pub fn is_alike(&self) -> bool {
        self.count(Outcome::Differs) == 0
    }

    /// Steps at which one card took much longer than the other: by more than one power of ten.
    pub fn slower(&self) -> impl Iterator<Item = &Compared> {
        self.steps
            .iter()
            .filter(|step| match (step.here.timing(), step.there.timing()) {
                (Some(here), Some(there)) => !here.is_near(there),
                _ => false,
            })
    }
}

/// Asks both cards the conformance set. `replaced` names the parts that are not the second card's own, as `recording.json` has
/// them.
///
/// # Errors
/// [`Hindrance`] of the rig where a card cannot be spoken to.
pub fn compare(
    here: &Side<'_>,
    there: &Side<'_>,
    probes: &[Probe],
    replaced: &BTreeSet<String>,
) -> Result<Comparison, Hindrance> {
    let kind = known(here.varco, here.reader, here.wait)?.kind;
    let probes: Vec<&Probe> = probes.iter().filter(|probe| probe.is_for(kind)).collect();
    let first = ask::ask(here, &probes)?;
    let second = ask::ask(there, &probes)?;
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
        format: COMPARISON_FORMAT,
        kind,
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
            let is_size_replaced = is_replaced("size of ");
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
