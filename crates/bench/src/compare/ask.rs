//! Asking one card.
//!
//! Not here: what the other one answers.

use std::time::Instant;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use varco::steps::{CardLink, Disposition, LinkError};
use varco_card::{CardChannel, Transaction};

use super::{Probe, Recognised, Side, Step};
use crate::looking::{LookError, recognise};
use crate::record_card::ReadOnly;
use crate::timing::TimingClass;

/// What came of a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Answer {
    /// The card answered.
    Answered {
        /// Status word, in hex.
        status: String,
        /// Bytes before it.
        #[serde(rename = "length_bytes")]
        length: usize,
        /// SHA-256 of them in hex, where they are public.
        #[serde(skip_serializing_if = "Option::is_none")]
        sha256: Option<String>,
        /// How long it took, roughly.
        timing: TimingClass,
    },
    /// It was reset.
    Reset,
    /// The reader or the protocol does not carry this command.
    NotCarried,
}

impl Answer {
    /// How long it took.
    #[must_use]
    pub fn timing(&self) -> Option<TimingClass> {
        match self {
            Self::Answered { timing, .. } => Some(*timing),
            _ => None,
        }
    }
}

/// A step as it was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// In hex, or `reset`.
    pub sent: String,
    /// What came.
    pub answer: Answer,
}

/// Finds out what card it is, by commands that only read.
pub(super) fn recognised(side: &Side<'_>) -> Result<Recognised, LookError> {
    let mut link = side.varco.connect(side.reader, side.wait)?;
    let seen = look(&mut *link, side);
    // A card that is gone needs no leave.
    let _ = link.close(Disposition::Reset);
    seen
}

fn look(link: &mut dyn CardLink, side: &Side<'_>) -> Result<Recognised, LookError> {
    let atr = link.atr().clone();
    let mut card = ReadOnly::new(Transaction::begin(link, side.wait)?)?;
    let seen = recognise(&atr, &mut card, side.varco.card_drivers())?.description();
    Ok(Recognised {
        kind: seen.kind.name(),
        maker: seen.profile,
    })
}

/// Asks a card these probes.
pub(super) fn ask(side: &Side<'_>, probes: &[&Probe]) -> Result<Vec<Vec<Asked>>, LookError> {
    let mut link = side.varco.connect(side.reader, side.wait)?;
    let asked = probes.iter().map(|probe| all(&mut *link, side, probe)).collect();
    // A card that is gone needs no leave.
    let _ = link.close(Disposition::Reset);
    asked
}

fn all(link: &mut dyn CardLink, side: &Side<'_>, probe: &Probe) -> Result<Vec<Asked>, LookError> {
    let mut card = Transaction::begin(link, side.wait)?;
    card.reset()?;
    let mut asked = Vec::with_capacity(probe.steps.len());
    for step in &probe.steps {
        asked.push(match step {
            Step::Reset => {
                card.reset()?;
                Asked {
                    sent: "reset".to_owned(),
                    answer: Answer::Reset,
                }
            }
            Step::Command { hex, command } => {
                let begun = Instant::now();
                let answer = match card.send(command) {
                    Ok(answer) => {
                        let timing = TimingClass::of(begun.elapsed());
                        Answer::Answered {
                            status: answer.status().to_string(),
                            length: answer.data().len(),
                            sha256: probe.digest.then(|| digest(answer.data())),
                            timing,
                        }
                    }
                    Err(LinkError::CommandTooLong { .. }) => Answer::NotCarried,
                    Err(error) => return Err(error.into()),
                };
                Asked {
                    sent: hex.clone(),
                    answer,
                }
            }
        });
    }
    card.end(Disposition::Reset)?;
    Ok(asked)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
