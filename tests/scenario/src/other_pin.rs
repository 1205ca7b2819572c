//! Cards with a PIN that nobody chose, so that it can be looked for and is found by no accident.

use std::path::{Path, PathBuf};

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use tempfile::TempDir;

use crate::fixtures;

/// Eight digits.
#[must_use]
pub fn random_pin(random: &mut ChaCha20Rng) -> String {
    format!("{:08}", 10_000_000 + random.next_u32() % 90_000_000)
}

/// The folder of a card like a built-in one, with another PIN.
pub struct CardFolder(TempDir);

impl CardFolder {
    /// As `profile`, with this PIN.
    #[must_use]
    pub fn new(profile: &str, pin: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(fixtures("cards").join(profile)).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let path = folder.path().join("card.toml");
        let card = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = card.split_once("[pin]").unwrap();
        let (head, tail) = rest.split_once("value = \"").unwrap();
        let (_, tail) = tail.split_once('"').unwrap();
        std::fs::write(path, format!("{before}[pin]{head}value = \"{pin}\"{tail}")).unwrap();
        Self(folder)
    }

    /// For `varco emulate --profile`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.path().to_str().unwrap()
    }
}

/// Every file below a folder, as far as it can be read: folders of other programs may be closed to us, or go meanwhile.
#[must_use]
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files
}
