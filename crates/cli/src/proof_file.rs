//! The file that a proof of identity goes into: new, and for its owner alone.
//!
//! Not here: what is in it (the library's), and the reading of one (`verify_proof`).

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use varco::proof::Proof;
use varco_messages::Arg;

use crate::output::Output;
use crate::problem::Problem;

/// Refuses a path at which something stands, before a PIN is typed for it.
pub(crate) fn check_free(path: &Path, output: &Output) -> Result<(), Problem> {
    // A link that leads nowhere is something too.
    match path.symlink_metadata() {
        Ok(_) => Err(exists(path, output)),
        Err(_) => Ok(()),
    }
}

/// Writes it whole or not at all.
pub(crate) fn write(path: &Path, proof: &Proof, output: &Output) -> Result<(), Problem> {
    let json = proof
        .write()
        .map_err(|error| output.problem(error.code(), &[]).detailed(&error))?;
    let unwritable = |error| Problem::file(output.messages(), "file-unwritable", path, &error);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path, output),
        _ => unwritable(error),
    })?;
    let written = file
        .write_all(json.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all());
    written.map_err(|error| {
        // What is there of it is of this program's making. That it stays is no other news.
        let _ = std::fs::remove_file(path);
        unwritable(error)
    })
}

fn exists(path: &Path, output: &Output) -> Problem {
    let path = path.display().to_string();
    output.problem("proof-exists", &[("path", Arg::Text(&path))])
}
