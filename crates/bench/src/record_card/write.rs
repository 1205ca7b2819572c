//! Writing a recording: whole, or not at all, and only if it can be played.
//!
//! Not here: what stands in it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use varco::played::Profile;

use super::{RecordError, Recording, about};

/// Whether a recording can be written into this new folder, found out before a card is asked anything.
///
/// # Errors
/// [`RecordError::Exists`], [`RecordError::Write`].
pub fn check_place(folder: &Path) -> Result<(), RecordError> {
    draft(folder).map(drop)
}

/// A folder beside the one that a recording shall have, in which it is put together.
fn draft(folder: &Path) -> Result<TempDir, RecordError> {
    if folder.symlink_metadata().is_ok() {
        return Err(RecordError::Exists(folder.to_owned()));
    }
    let beside = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    tempfile::Builder::new()
        .prefix(".varco-recording-")
        .tempdir_in(beside.unwrap_or(Path::new(".")))
        .map_err(|source| failed(folder, source))
}

fn failed(folder: &Path, source: std::io::Error) -> RecordError {
    RecordError::Write {
        folder: folder.to_owned(),
        source,
    }
}

impl Recording {
    /// How many files it has, `card.toml` and `recording.json` among them.
    #[must_use]
    pub fn file_count(&self) -> usize {
        self.files.len() + 2
    }

    /// The text of `card.toml`.
    ///
    /// # Errors
    /// [`RecordError::Unplayable`].
    pub fn card_toml(&self) -> Result<String, RecordError> {
        let text =
            toml::to_string(&self.table).map_err(|error| RecordError::Unplayable(error.to_string()))?;
        Ok(format!(
            "# Written by `varco bench record-card`. The structure is a card's; what it holds is invented.\n\n{text}"
        ))
    }

    /// The card, to be played.
    ///
    /// # Errors
    /// [`RecordError::Unplayable`] says why it cannot be.
    pub fn profile(&self) -> Result<Profile, RecordError> {
        let mut file = |name: &str| {
            let content = self.files.get(name).cloned();
            content.ok_or_else(|| std::io::ErrorKind::NotFound.into())
        };
        Profile::parse(&self.card_toml()?, &mut file)
            .map_err(|error| RecordError::Unplayable(error.to_string()))
    }

    /// Writes the folder, which must not be there yet.
    ///
    /// # Errors
    /// [`RecordError::Exists`], [`RecordError::Write`], [`RecordError::Unplayable`]; nothing is there then.
    pub fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let draft = draft(folder)?;
        self.profile()?;
        let failed = |source| failed(folder, source);
        let told = serde_json::to_vec_pretty(&self.about).map_err(|error| failed(error.into()))?;
        let put = |name: &str, content: &[u8]| fs::write(draft.path().join(name), content).map_err(failed);
        put("card.toml", self.card_toml()?.as_bytes())?;
        put(about::FILE, &told)?;
        for (name, content) in &self.files {
            put(name, content)?;
        }
        // The folder that takes its place is empty or not there: nothing is lost.
        fs::rename(draft.path(), folder).map_err(failed)?;
        // It is no draft any more.
        let _ = draft.keep();
        Ok(())
    }
}
