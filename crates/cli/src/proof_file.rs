//! The file that a proof of identity goes into: new, and for its owner alone.
//!
//! Not here: what is in it (the library's), and the reading of one (`verify_proof`).

use std::io::Write;
use std::path::Path;

use varco::proof::Proof;
use varco_messages::Arg;

use crate::new_file;
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
    let file = new_file::create(path, "proof-exists", "file-unwritable", output)?;
    new_file::fill(path, file, |file| {
        file.write_all(json.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    })
    .map_err(|error| Problem::file(output.messages(), "file-unwritable", path, &error))
}

fn exists(path: &Path, output: &Output) -> Problem {
    let path = path.display().to_string();
    output.problem("proof-exists", &[("path", Arg::Text(&path))])
}
