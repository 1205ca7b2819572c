//! What is wrong with a profile: which file, which key, what is expected.
//!
//! Not here: errors of a running card. It has none, it answers status words.

/// Why a profile cannot be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// A file of the profile cannot be read.
    #[error("{file} cannot be read: {reason}")]
    Unreadable {
        /// The file, as the profile or the caller names it.
        file: String,
        /// What the system said.
        reason: std::io::Error,
    },
    /// card.toml is not TOML, or has keys or types that are not those of a profile.
    #[error("card.toml, line {line}: {message}")]
    Form {
        /// Counted from 1.
        line: usize,
        /// What was found and what is expected.
        message: String,
    },
    /// A key of card.toml has a value that cannot be.
    #[error("card.toml, {key}: {expected}")]
    Value {
        /// The key, with its tables.
        key: String,
        /// What is expected of it.
        expected: String,
    },
    /// No profile of this name is built in.
    #[error("there is no built-in profile of this name; there are {}", names.join(", "))]
    Unknown {
        /// Those that there are.
        names: Vec<&'static str>,
    },
}

impl ProfileError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "profile-unreadable",
            Self::Form { .. } => "profile-form",
            Self::Value { .. } => "profile-value",
            Self::Unknown { .. } => "profile-unknown",
        }
    }

    pub(crate) fn value(key: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Value {
            key: key.into(),
            expected: expected.into(),
        }
    }
}
