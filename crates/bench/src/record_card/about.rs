//! `recording.json`: what of a recorded card was seen, what was replaced, what was assumed.
//!
//! Not here: the card ([`super::Recording`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::timing::TimingClass;

/// The form of the file.
pub const RECORDING_FORMAT: u32 = 1;
/// Its name, beside `card.toml`.
pub(super) const FILE: &str = "recording.json";
/// The most bytes of one that is read.
const BYTES_MAX: u64 = 1_048_576;

/// What was seen, what was replaced and what was assumed: `recording.json` beside `card.toml`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct About {
    /// [`RECORDING_FORMAT`].
    pub format: u32,
    /// `cns` or `cie`.
    pub kind: &'static str,
    /// The maker's profile by which the card was recognised.
    pub maker: String,
    /// The built-in card from which the rest was taken, and why that one.
    pub like: BTreeMap<&'static str, String>,
    /// Habits that showed.
    pub observed: BTreeMap<String, String>,
    /// Parts that are not the card's, and what is there instead.
    pub replaced: BTreeMap<String, &'static str>,
    /// What does not show without a PIN, and was taken from what is known of the maker.
    pub assumed: Vec<String>,
    /// How long the slowest answer to each command took, by powers of ten.
    pub timing: BTreeMap<String, TimingClass>,
}

/// What is read of one.
#[derive(Deserialize)]
struct Written {
    format: u32,
    replaced: BTreeMap<String, String>,
}

/// A file that does not tell what a recording is.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct RecordingMalformed {
    what: String,
}

impl RecordingMalformed {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "recording-malformed"
    }
}

/// The parts that are not the card's own in the recording in this folder; none where there is no `recording.json`, as beside a
/// profile that somebody wrote.
///
/// # Errors
/// [`RecordingMalformed`].
pub fn replaced(folder: &Path) -> Result<Option<BTreeSet<String>>, RecordingMalformed> {
    let wrong = |what: String| RecordingMalformed { what };
    let path = folder.join(FILE);
    match fs::metadata(&path) {
        Ok(found) if found.is_file() => {}
        // Opening a pipe would wait for somebody.
        Ok(_) => return Err(wrong("it is no file".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(error.to_string())),
    }
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(error.to_string()))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > BYTES_MAX) {
        return Err(wrong(format!("it has more than {BYTES_MAX} bytes")));
    }
    let written: Written = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    if written.format != RECORDING_FORMAT {
        return Err(wrong(format!("format {} is not known", written.format)));
    }
    Ok(Some(written.replaced.into_keys().collect()))
}
