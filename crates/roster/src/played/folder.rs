//! A profile's folder: reads card.toml and the files that it names, up to a size, from that folder alone.
//!
//! Not here: what is in them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use varco_emulator::{PROFILE_FILE_MAX_BYTES, ProfileError};

use super::profile::{Profile, unreadable};

const CARD_TOML: &str = "card.toml";

pub(super) fn profile(folder: &Path) -> Result<Profile, ProfileError> {
    let unreadable = |reason| unreadable(folder, CARD_TOML, reason);
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
    let limit = PROFILE_FILE_MAX_BYTES as u64 + 1;
    File::open(&path)?.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > PROFILE_FILE_MAX_BYTES {
        let message = format!("more than {PROFILE_FILE_MAX_BYTES} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of the files that it names.
    const NUMBER: &str = "ef-1003.bin";

    /// A card of the fixtures, copied to where it may be spoilt.
    fn copy(folder: &Path) {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cards/cns-st");
        fs::create_dir(folder).unwrap();
        for entry in fs::read_dir(fixture).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }

    #[test]
    fn folder_is_read_but_not_left() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("card");
        let read = || Profile::from_dir(&folder);
        assert!(
            read()
                .unwrap_err()
                .to_string()
                .contains("card.toml cannot be read")
        );

        copy(&folder);
        assert!(read().is_ok());

        fs::write(folder.join(NUMBER), vec![0; PROFILE_FILE_MAX_BYTES + 1]).unwrap();
        assert!(read().unwrap_err().to_string().contains("more than 65536 bytes"));
        fs::remove_file(folder.join(NUMBER)).unwrap();
        fs::create_dir(folder.join(NUMBER)).unwrap();
        assert_eq!(read().unwrap_err().code(), "profile-unreadable");
        fs::write(folder.join("card.toml"), [0xFF]).unwrap();
        assert!(read().unwrap_err().to_string().contains("not UTF-8"));
    }

    #[cfg(unix)]
    #[test]
    fn link_out_of_the_folder_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("card");
        copy(&folder);
        fs::rename(folder.join(NUMBER), root.path().join("outside")).unwrap();
        std::os::unix::fs::symlink("../outside", folder.join(NUMBER)).unwrap();
        let error = Profile::from_dir(&folder).unwrap_err();
        assert!(error.to_string().contains("not a plain file"), "{error}");
    }
}
