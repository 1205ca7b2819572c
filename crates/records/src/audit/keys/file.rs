//! Keys in files: a secret one is its owner's, and nobody else may read it.
//!
//! Not here: what the text says.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::audit::AuditError;

/// Longest file of a key, in bytes.
const FILE_LENGTH_MAX: u64 = 8192;
/// Any right of group or others.
const OTHERS_ANY: u32 = 0o077;
/// Write permission of group or others.
const OTHERS_WRITE: u32 = 0o022;

/// Reads a secret key's file: a regular file of the user or of root that nobody else may read or write.
///
/// # Errors
/// [`AuditError`].
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, AuditError> {
    read(path, OTHERS_ANY)
}

/// Reads a public key's file: a regular file of the user or of root that nobody else may write.
///
/// # Errors
/// [`AuditError`].
pub fn read_public(path: &Path) -> Result<Zeroizing<String>, AuditError> {
    read(path, OTHERS_WRITE)
}

/// Puts a secret key where no file is yet, readable by its owner alone.
///
/// # Errors
/// [`AuditError`]; among them that a file is there.
pub fn write_secret(path: &Path, text: &str) -> Result<(), AuditError> {
    write(path, text, 0o600)
}

/// Puts a public key where no file is yet.
///
/// # Errors
/// [`AuditError`]; among them that a file is there.
pub fn write_public(path: &Path, text: &str) -> Result<(), AuditError> {
    write(path, text, 0o644)
}

fn read(path: &Path, refused: u32) -> Result<Zeroizing<String>, AuditError> {
    let unreadable = |error| AuditError::read(path, &error);
    // Not waiting for the other end of what is no file.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    let user = rustix::process::geteuid().as_raw();
    if !about.is_file() || ![0, user].contains(&about.uid()) || about.mode() & refused != 0 {
        return Err(AuditError::Unsafe(path.to_path_buf()));
    }
    // Room for all of it at once: what grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(8192));
    file.take(FILE_LENGTH_MAX)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    match str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(AuditError::read(path, &std::io::ErrorKind::InvalidData.into())),
    }
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), AuditError> {
    let unwritable = |error| AuditError::write(path, &error);
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .map_err(unwritable)?;
    let end: &[u8] = if text.ends_with('\n') { b"" } else { b"\n" };
    file.write_all(text.as_bytes())
        .and_then(|()| file.write_all(end))
        .and_then(|()| file.sync_all())
        .map_err(unwritable)
}
