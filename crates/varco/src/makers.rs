//! Makers' files that a user brings: a folder of them, read up to a size and number.
//!
//! Not here: what such a file says and whether it can be (`card-*`).

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use varco_roster::makers::{PROFILE_MAX_BYTES, PROFILES_MAX, ProfileError};

/// Most entries looked at in the folder.
const ENTRIES_MAX: usize = 10_000;

/// Makers' files were not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakersError {
    /// The folder or a file in it cannot be read.
    #[error("{path}: {reason}", path = .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The folder holds no file whose name ends in `.toml`.
    #[error("{path} holds no file that ends in .toml", path = .0.display())]
    Empty(PathBuf),
    /// A file is not one.
    #[error(transparent)]
    Invalid(#[from] ProfileError),
}

impl MakersError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "makers-unreadable",
            Self::Empty(_) => "makers-empty",
            Self::Invalid(error) => error.code(),
        }
    }
}

/// Names and texts of the files in a folder, in the order of their names.
pub(crate) fn read(folder: &Path) -> Result<Vec<(String, String)>, MakersError> {
    let unreadable = |path: &Path, reason| MakersError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let mut paths = Vec::new();
    let entries = fs::read_dir(folder).map_err(|reason| unreadable(folder, reason))?;
    for entry in entries.take(ENTRIES_MAX) {
        let path = entry.map_err(|reason| unreadable(folder, reason))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
        // One more than is taken, so that the card's driver says that they are too many.
        if paths.len() > PROFILES_MAX {
            break;
        }
    }
    if paths.is_empty() {
        return Err(MakersError::Empty(folder.to_owned()));
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = read_text(&path).map_err(|reason| unreadable(&path, reason))?;
            Ok((path.display().to_string(), text))
        })
        .collect()
}

/// One byte more than is taken at most, so that the card's driver says that it is too long.
fn read_text(path: &Path) -> io::Result<String> {
    // Opening a pipe would wait for whoever writes to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
    }
    let mut text = String::new();
    File::open(path)?
        .take(PROFILE_MAX_BYTES as u64 + 1)
        .read_to_string(&mut text)?;
    Ok(text)
}
