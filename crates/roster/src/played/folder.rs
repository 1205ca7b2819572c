//! A profile's folder: reads card.toml and the files that it names, up to a size, from that folder alone.
//!
//! Not here: what is in them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::profile::FILE_MAX_BYTES;
use crate::{Profile, ProfileError};

const CARD_TOML: &str = "card.toml";

pub(crate) fn profile(folder: &Path) -> Result<Profile, ProfileError> {
    let unreadable = |reason| ProfileError::Unreadable {
        file: folder.join(CARD_TOML).display().to_string(),
        reason,
    };
    let bytes = read(folder, CARD_TOML).map_err(unreadable)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| unreadable(io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text")))?;
    Profile::parse(&text, &mut |name| read(folder, name))
}

/// Names come checked, so joining stays in the folder; a link could still lead out, so none is followed.
fn read(folder: &Path, name: &str) -> io::Result<Vec<u8>> {
    let path = folder.join(name);
    if !fs::symlink_metadata(&path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
    }
    let mut bytes = Vec::new();
    let limit = FILE_MAX_BYTES as u64 + 1;
    File::open(&path)?.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > FILE_MAX_BYTES {
        let message = format!("more than {FILE_MAX_BYTES} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}
