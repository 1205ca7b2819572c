//! Decisions out of a log: opened with the auditor's key, found by a codice fiscale, written out.
//!
//! A log that is altered is read up to where it is; who wants to know verifies it first. Not here: verifying
//! ([`super::verify`]).

mod export;

pub use export::{ExportFormat, export};

use std::path::Path;

use jiff::Timestamp;
use varco_auth::CodiceFiscale;

use super::line::{Decided, DecisionLine, What};
use super::pass::pass_to_fault;
use super::seal::open;
use super::{AuditError, AuditorKey, KeyId, LogId, Persons, Pseudonym, PseudonymKey};

/// A decision as it stands in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedDecision {
    /// The log.
    pub log: LogId,
    /// The record.
    pub sequence: u64,
    /// When it was put down.
    pub at: Timestamp,
    /// What is told in clear.
    pub decided: Decided,
    /// The key of the pseudonyms.
    pub pseudonym_key: KeyId,
    /// Whom it is about.
    pub subject: Option<Pseudonym>,
    /// For whom the subject acts.
    pub acting_for: Option<Pseudonym>,
    /// To whom the persons are sealed.
    pub auditor_key: KeyId,
    sealed: String,
}

impl LoggedDecision {
    fn of(log: LogId, sequence: u64, at: Timestamp, line: &DecisionLine) -> Self {
        Self {
            log,
            sequence,
            at,
            decided: line.decided.clone(),
            pseudonym_key: line.pseudonym_key,
            subject: line.subject,
            acting_for: line.acting_for,
            auditor_key: line.auditor_key,
            sealed: line.sealed.clone(),
        }
    }

    /// Who it was, by the auditor's key: `None` where it is sealed to none of these, or what is sealed is not this record's.
    #[must_use]
    pub fn open(&self, keys: &[AuditorKey]) -> Option<Persons> {
        keys.iter()
            .filter(|key| key.public().is_ok_and(|public| public.id() == self.auditor_key))
            .find_map(|key| open(key, (self.log, self.sequence), &self.sealed))
    }

    /// Whether it is about this person, or done for this person, by the key that its pseudonyms were made with: `None` where
    /// these are others.
    #[must_use]
    pub fn names(&self, person: &CodiceFiscale, keys: &[PseudonymKey]) -> Option<bool> {
        let key = keys.iter().find(|key| key.id() == self.pseudonym_key)?;
        let pseudonym = Some(key.pseudonym(person));
        Some(self.subject == pseudonym || self.acting_for == pseudonym)
    }
}

/// Gives every decision of a log, in its order.
///
/// # Errors
/// [`AuditError`], of reading or of `take`; [`AuditError::Altered`] with the first finding of an altered log, behind the
/// decisions that were read before it.
pub fn decisions(
    folder: &Path,
    take: &mut dyn FnMut(LoggedDecision) -> Result<(), AuditError>,
) -> Result<(), AuditError> {
    let passage = pass_to_fault(folder, &mut |chain, line, _| {
        if let What::Decision(decision) = &line.what {
            take(LoggedDecision::of(chain.log, line.seq, line.at, decision))?;
        }
        Ok(Vec::new())
    })?;
    match passage.findings.first() {
        Some(finding) => Err(AuditError::Altered(*finding)),
        None => Ok(()),
    }
}

/// Gives the decisions that are about a person or done for that person, as far as the pseudonym keys reach, and says how many
/// records are under keys that are not among them.
///
/// # Errors
/// As [`decisions`].
pub fn find(
    folder: &Path,
    person: &CodiceFiscale,
    keys: &[PseudonymKey],
    take: &mut dyn FnMut(LoggedDecision) -> Result<(), AuditError>,
) -> Result<u64, AuditError> {
    // Once for each key, not for each record.
    let pseudonyms: Vec<(KeyId, Pseudonym)> =
        keys.iter().map(|key| (key.id(), key.pseudonym(person))).collect();
    let mut out_of_reach: u64 = 0;
    decisions(folder, &mut |decision| {
        let known = pseudonyms.iter().find(|(key, _)| *key == decision.pseudonym_key);
        match known {
            None => out_of_reach = out_of_reach.saturating_add(1),
            Some((_, pseudonym)) => {
                let pseudonym = Some(*pseudonym);
                if decision.subject == pseudonym || decision.acting_for == pseudonym {
                    take(decision)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(out_of_reach)
}
