//! What the profiles of all kinds of card share: errors, plain names, hex, answers to reset, secrets.
//!
//! Not here: reading files (the caller gives their bytes by name), and the form of any one kind of profile.

use std::io;

use serde::Deserialize;
use varco_apdu::Atr;

use crate::{PinError, PinObject};

/// The largest file that a profile may name, in bytes.
pub const PROFILE_FILE_MAX_BYTES: usize = 65_536;

/// Gives the bytes of a file of the profile by its name. Names are plain: no folder, no leading dot.
pub type ProfileSource<'a> = &'a mut dyn FnMut(&str) -> io::Result<Vec<u8>>;

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
        reason: io::Error,
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

    /// A key with a value that cannot be.
    #[must_use]
    pub fn value(key: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Value {
            key: key.into(),
            expected: expected.into(),
        }
    }

    /// Text that is not of the form: where, counted in bytes from the start, and what the parser said.
    #[must_use]
    pub fn form(text: &str, at: Option<usize>, message: &str) -> Self {
        let before = text.bytes().take(at.unwrap_or_default());
        Self::Form {
            line: 1 + before.filter(|byte| *byte == b'\n').count(),
            message: message.replace('\n', ", "),
        }
    }
}

/// A profile's folder that is part of the program.
pub struct EmbeddedProfile {
    /// Its name.
    pub name: &'static str,
    /// The text of its card.toml.
    pub card_toml: &'static str,
    /// The files beside it, by name.
    pub files: &'static [(&'static str, &'static [u8])],
}

impl EmbeddedProfile {
    /// The one of this name.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`], with the names of all.
    pub fn find<'p>(all: &'p [Self], name: &str) -> Result<&'p Self, ProfileError> {
        all.iter()
            .find(|profile| profile.name == name)
            .ok_or_else(|| ProfileError::Unknown {
                names: all.iter().map(|profile| profile.name).collect(),
            })
    }

    /// The bytes of one of its files, as a [`ProfileSource`] gives them.
    ///
    /// # Errors
    /// Not found.
    pub fn file(&self, wanted: &str) -> io::Result<Vec<u8>> {
        self.files
            .iter()
            .find(|(file, _)| *file == wanted)
            .map(|(_, bytes)| bytes.to_vec())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A PIN or PUK of a profile.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileSecret {
    /// The reference without a search bit.
    pub reference: u8,
    /// The test value.
    pub value: String,
    /// Tries of a fresh card.
    pub tries_max: u8,
    /// Tries left.
    pub tries_left: u8,
    /// Fewest characters.
    pub length_min: usize,
    /// Most characters.
    pub length_max: usize,
}

impl ProfileSecret {
    /// The object that it describes.
    ///
    /// # Errors
    /// [`PinError`].
    pub fn object(&self) -> Result<PinObject, PinError> {
        PinObject::new(
            self.reference,
            self.value.as_bytes(),
            self.length_min,
            self.length_max,
            self.tries_max,
        )?
        .with_tries_left(self.tries_left)
    }
}

/// Whether a name stays in its folder on every system.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// The bytes of a file that the profile names under `key`.
///
/// # Errors
/// [`ProfileError`]: not a plain name, unreadable, more than [`PROFILE_FILE_MAX_BYTES`].
pub fn load_profile_file(name: &str, key: &str, file: ProfileSource<'_>) -> Result<Vec<u8>, ProfileError> {
    if !is_plain_name(name) {
        return Err(ProfileError::value(
            key,
            "expected the name of a file in the same folder, of letters, digits, . - and _",
        ));
    }
    let bytes = file(name).map_err(|reason| ProfileError::Unreadable {
        file: name.to_owned(),
        reason,
    })?;
    if bytes.len() > PROFILE_FILE_MAX_BYTES {
        return Err(ProfileError::value(
            key,
            format!(
                "{name} has {} bytes, expected at most {PROFILE_FILE_MAX_BYTES}",
                bytes.len()
            ),
        ));
    }
    Ok(bytes)
}

/// Bytes written in hex digits, blanks between them allowed.
#[must_use]
pub fn profile_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// The answer to reset under the key `atr`.
///
/// # Errors
/// [`ProfileError::Value`].
pub fn profile_atr(text: &str) -> Result<Atr, ProfileError> {
    let expected = "expected 2 to 33 bytes in hex";
    let bytes = profile_hex(text).ok_or_else(|| ProfileError::value("atr", expected))?;
    let atr = Atr::new(&bytes).map_err(|_| ProfileError::value("atr", expected))?;
    if atr.historical_bytes().is_none() {
        return Err(ProfileError::value(
            "atr",
            "its structure announces more bytes than it has",
        ));
    }
    Ok(atr)
}
