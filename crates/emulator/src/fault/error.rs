//! Why a fault cannot be armed.
//!
//! Not here: what a fault does once it is.

use super::Target;

/// A plan that is none, or that cannot happen there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// No fault has this name.
    #[error("no fault is called {name:?}; docs/faults.md has all of them")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The value does not fit the fault.
    #[error("{fault} takes {expected}")]
    Value {
        /// The fault's name.
        fault: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// What follows the `@` is no time.
    #[error(
        "{text:?} is no time for a fault: a number from 1, \"every\", or an instruction's name ({names}), with #NUMBER for a later one"
    )]
    When {
        /// What was written.
        text: String,
        /// The instructions that have a name.
        names: String,
    },
    /// The reader cannot play it.
    #[error("{fault} cannot be played {target}; it can {elsewhere}")]
    NotHere {
        /// The fault's name.
        fault: &'static str,
        /// Where it was to be.
        target: Target,
        /// Where it can be.
        elsewhere: String,
    },
    /// The card has nothing that this could happen to.
    #[error("{fault} cannot happen to this card: it needs {needs}")]
    NotThisCard {
        /// The fault's name.
        fault: &'static str,
        /// What the card would have to have.
        needs: &'static str,
    },
    /// As many as can be are armed.
    #[error("{} faults are armed already; clear some", super::PLANS_MAX)]
    TooMany,
}

impl FaultError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } | Self::Value { .. } | Self::When { .. } | Self::TooMany => "fault-form",
            Self::NotHere { .. } | Self::NotThisCard { .. } => "fault-not-here",
        }
    }
}
