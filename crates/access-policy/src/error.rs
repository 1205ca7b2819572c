//! Why data or policy files are not a policy.
//!
//! Not here: why a decision could not be made (`decision`).

use core::fmt;

/// Where in a file something is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line itself, at most [`Place::LINE_MAX`] characters of it.
    pub text: String,
}

impl Place {
    /// Most characters of a line that are shown.
    pub const LINE_MAX: usize = 160;

    /// The place of a byte of a text.
    pub(crate) fn of(file: &str, text: &str, offset: usize) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        let line_begin = before.rfind('\n').map_or(0, |newline| newline + 1);
        let on_line = before.get(line_begin..).unwrap_or_default();
        let whole = text.get(line_begin..).unwrap_or_default();
        let whole = whole.lines().next().unwrap_or_default();
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: on_line.chars().count() + 1,
            text: whole.chars().take(Self::LINE_MAX).collect(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}:{}: {}",
            self.file,
            self.line,
            self.column,
            self.text.trim()
        )
    }
}

/// Why data or files are not a policy.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not the id of a service.
    #[error("not the id of a service: lower-case letters, digits, dots and hyphens, 64 at most")]
    ServiceIdInvalid,
    /// Not TOML, or not of the form of services and dates.
    #[error("not a policy: {0}")]
    Malformed(String),
    /// An id stands twice.
    #[error("{0} stands twice")]
    Duplicate(String),
    /// A date names another that is not there, its instant cannot be read, or is not its day's midnight in Rome.
    #[error("date {0} is incomplete, superseded by one that is not there, or not at its midnight in Rome")]
    DateInvalid(String),
    /// Of a subject that the rules need, no date or more than one is in force.
    #[error("not exactly one date is in force for {0}")]
    DateNotUnique(&'static str),
    /// A dedicated service without its category, or a category on another service.
    #[error("service {0} must say to which category it is dedicated, and only a dedicated one may")]
    Dedication(String),
    /// A service whose name says nothing, is too long or holds control characters.
    #[error("service {0} needs a name of 1 to 200 bytes without control characters, in both languages")]
    Title(String),
    /// Text that is not Cedar.
    #[error("{message}: {place}")]
    Text {
        /// Where.
        place: Place,
        /// What, in the words of Cedar.
        message: String,
    },
    /// A policy that does not fit the schema.
    #[error("{message}: {place}")]
    Validation {
        /// Where.
        place: Place,
        /// What, in the words of Cedar.
        message: String,
    },
    /// A policy that is too large or too deep.
    #[error("a policy is too large, or nests too deep: {place}")]
    TooComplex {
        /// Where.
        place: Place,
    },
    /// A policy without one of its annotations, or with one that is empty or too long.
    #[error("policy without a fit @{annotation}: {place}")]
    Annotation {
        /// Where.
        place: Place,
        /// Which.
        annotation: &'static str,
    },
    /// An operator's policy that permits more than his own services.
    #[error("an operator's policy may permit only use of one of his own services: {place}")]
    PermitsTooMuch {
        /// Where.
        place: Place,
    },
    /// A template: only static policies are taken.
    #[error("a template is no policy: {0}")]
    Template(String),
    /// A file that is too large, or too many of them.
    #[error("{0} is too large, or one too many")]
    TooLarge(String),
    /// Neither services nor policies.
    #[error("{0} is neither a .cedar nor a .toml file")]
    FileKind(String),
    /// A defect of this program.
    #[error("defect: {0}")]
    Defect(String),
}

impl PolicyError {
    pub(crate) fn defect(error: &dyn ToString) -> Self {
        Self::Defect(error.to_string())
    }

    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ServiceIdInvalid => "service-id-invalid",
            Self::Malformed(_) => "policy-malformed",
            Self::Duplicate(_) => "policy-duplicate",
            Self::DateInvalid(_) => "policy-date-invalid",
            Self::DateNotUnique(_) => "policy-date-not-unique",
            Self::Dedication(_) => "policy-dedication",
            Self::Title(_) => "policy-title",
            Self::Text { .. } => "policy-text",
            Self::Validation { .. } => "policy-validation",
            Self::TooComplex { .. } => "policy-too-complex",
            Self::Annotation { .. } => "policy-annotation",
            Self::PermitsTooMuch { .. } => "policy-permits-too-much",
            Self::Template(_) => "policy-template",
            Self::TooLarge(_) => "policy-too-large",
            Self::FileKind(_) => "policy-file-kind",
            Self::Defect(_) => "policy-defect",
        }
    }

    /// Where, if in a policy's text.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Text { place, .. }
            | Self::Validation { place, .. }
            | Self::Annotation { place, .. }
            | Self::TooComplex { place }
            | Self::PermitsTooMuch { place } => Some(place),
            _ => None,
        }
    }
}
