//! Files that this program makes: over none that is there, for their owner alone, whole or not at all.
//!
//! Not here: what is in them.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use varco_messages::Arg;

use crate::output::Output;
use crate::problem::Problem;

/// Makes a file; the codes are those of the problems that something is there, and that it cannot be made.
pub(crate) fn create(
    path: &Path,
    exists: &'static str,
    unwritable: &'static str,
    output: &Output,
) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let shown = path.display().to_string();
            output.problem(exists, &[("path", Arg::Text(&shown))])
        }
        _ => Problem::file(output.messages(), unwritable, path, &error),
    })
}

/// The file of a trace.
pub(crate) fn trace(path: &Path, output: &Output) -> Result<File, Problem> {
    create(path, "trace-exists", "trace-unwritable", output)
}

/// Fills a file that was just made, or removes it: a part of it would look like the whole.
pub(crate) fn fill<T, E>(
    path: &Path,
    mut file: File,
    write: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    write(&mut file).inspect_err(|_| {
        // What is there of it is of this program's making. That it stays is no other news.
        let _ = std::fs::remove_file(path);
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use std::io::{self, Write as _};

    use super::*;

    #[test]
    fn a_file_that_was_not_filled_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let filled = fill(&path, File::create_new(&path).unwrap(), |file| {
            file.write_all(b"half")?;
            Err::<(), _>(io::Error::from(ErrorKind::StorageFull))
        });
        assert!(filled.is_err() && !path.exists());
        fill(&path, File::create_new(&path).unwrap(), |file| {
            file.write_all(b"all")
        })
        .unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"all");
    }
}
