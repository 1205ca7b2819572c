//! `--state`: what a card keeps when its power goes, in a file that only its owner may read.
//!
//! Not here: what that is (`emulator`).

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use varco_emulator::{CardState, PlayedCard};
use varco_messages::Arg;

use crate::output::Output;
use crate::problem::Problem;

/// The most bytes that are read; a state has a few hundred.
const BYTES_MAX: u64 = 65_536;

/// The file, and what stands in it.
pub(super) struct StateFile {
    path: Option<PathBuf>,
    saved: Option<CardState>,
}

impl StateFile {
    /// Gives the card what the file holds; a file that is not there yet is written at once.
    pub(super) fn open(
        path: Option<&Path>,
        card: &mut dyn PlayedCard,
        output: &Output,
    ) -> Result<Self, Problem> {
        let mut file = Self {
            path: path.map(Path::to_owned),
            saved: None,
        };
        let Some(path) = path else { return Ok(file) };
        if let Some(state) = read(path, output)? {
            card.restore(&state).map_err(|error| {
                let path = path.display().to_string();
                output
                    .problem(error.code(), &[("path", Arg::Text(&path))])
                    .detailed(&error)
            })?;
            file.saved = Some(state);
        }
        file.save(card)
            .map_err(|(path, error)| Problem::file(output.messages(), "file-unwritable", &path, &error))?;
        Ok(file)
    }

    /// Writes the card's state if it has changed, all or nothing.
    pub(super) fn save(&mut self, card: &dyn PlayedCard) -> Result<(), (PathBuf, io::Error)> {
        let Some(path) = &self.path else { return Ok(()) };
        let state = card.snapshot();
        if self.saved.as_ref() == Some(&state) {
            return Ok(());
        }
        write(path, &state).map_err(|error| (path.clone(), error))?;
        self.saved = Some(state);
        Ok(())
    }
}

fn read(path: &Path, output: &Output) -> Result<Option<CardState>, Problem> {
    let unreadable = |error: &io::Error| Problem::file(output.messages(), "file-unreadable", path, error);
    let form = |detail: &dyn ToString| output.problem("card-state-format", &[]).detailed(detail);
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(form(&"not a file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    }
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(BYTES_MAX).read_to_end(&mut text))
        .map_err(|error| unreadable(&error))?;
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| form(&error))
}

/// A new file that takes the place of the old: a reader finds one or the other, whole.
fn write(path: &Path, state: &CardState) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut text = serde_json::to_vec_pretty(state)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
