//! Corpora: cases with the answer that any version of the policy must give, as JSON that anybody can run.
//!
//! The form of a file is described in `fixtures/policy/README.md`. A case is a claim: nothing
//! follows from its answer.
//!
//! Not here: the reading of files.

mod example;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{AccessPolicy, Effect, Verdict};

pub use example::{Example, Expected};

/// Most bytes of a file.
pub const FILE_LENGTH_MAX: usize = 4 * 1024 * 1024;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corpus {
    /// What its cases are about.
    pub about: String,
    /// The cases.
    pub cases: Vec<Example>,
}

/// Why a text is no corpus.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// Too many bytes.
    #[error("more than {FILE_LENGTH_MAX} bytes")]
    TooLarge,
    /// Not JSON, or not of the form of a corpus: an unknown field, a missing one, a wrong value.
    #[error("{0}")]
    Malformed(String),
    /// A case that contradicts itself or names what there is not.
    #[error("case \"{name}\": {problem}")]
    Case {
        /// The name of the case.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// What became of a case.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// What the rules say.
    pub verdict: Verdict,
    /// Whether that is what the case expects.
    pub is_expected: bool,
}

/// How many cases are examples of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Coverage {
    /// Cases that permit.
    pub permits: usize,
    /// Cases that deny.
    pub denies: usize,
}

impl Corpus {
    /// Reads a file.
    ///
    /// # Errors
    /// [`CorpusError`].
    pub fn parse(json: &str) -> Result<Self, CorpusError> {
        if json.len() > FILE_LENGTH_MAX {
            return Err(CorpusError::TooLarge);
        }
        serde_json::from_str(json).map_err(|error| CorpusError::Malformed(error.to_string()))
    }

    /// Asks the policy about a case.
    ///
    /// # Errors
    /// [`CorpusError::Case`] of a case that cannot be asked about.
    pub fn answer(policy: &AccessPolicy, example: &Example) -> Result<Answer, CorpusError> {
        let verdict = example.ask(policy)?;
        Ok(Answer {
            is_expected: Expected::of(&verdict) == example.expect,
            verdict,
        })
    }
}

/// How many examples of each rule there are, by its id, in order; also rules that have none.
///
/// # Errors
/// [`CorpusError::Case`] of a case about a rule that there is not.
pub fn coverage<'e>(
    policy: &AccessPolicy,
    examples: impl IntoIterator<Item = &'e Example>,
) -> Result<BTreeMap<String, Coverage>, CorpusError> {
    let mut all: BTreeMap<String, Coverage> = policy
        .rules()
        .iter()
        .map(|rule| (rule.id.clone(), Coverage::default()))
        .collect();
    for example in examples {
        for id in &example.about {
            let Some(coverage) = all.get_mut(id) else {
                return Err(CorpusError::Case {
                    name: example.name.clone(),
                    problem: format!("no rule {id}"),
                });
            };
            match example.expect.effect {
                Effect::Permit => coverage.permits += 1,
                Effect::Deny => coverage.denies += 1,
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
