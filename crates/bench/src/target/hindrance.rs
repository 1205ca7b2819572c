//! Why a step was not done: the rig's fault, or nobody's.
//!
//! Not here: a step that was done and came out otherwise than expected.

use core::fmt;

/// Whose fault it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blame {
    /// What surrounds the thing that is tested: services, readers, hands, files.
    Rig,
    /// Nobody's: the target has no such thing.
    NotApplicable,
}

/// Why a step was not done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hindrance {
    blame: Blame,
    code: &'static str,
    detail: String,
}

impl Hindrance {
    /// The rig failed.
    pub fn rig(code: &'static str, detail: impl fmt::Display) -> Self {
        Self {
            blame: Blame::Rig,
            code,
            detail: detail.to_string(),
        }
    }

    /// The target cannot do it.
    pub fn not_applicable(code: &'static str, detail: impl fmt::Display) -> Self {
        Self {
            blame: Blame::NotApplicable,
            code,
            detail: detail.to_string(),
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn blame(&self) -> Blame {
        self.blame
    }

    /// Its stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// For those who look after the rig, in English.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}
