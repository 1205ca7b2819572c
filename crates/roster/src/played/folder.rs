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

    /// A small profile that names one file.
    const TEXT: &str = r#"
format = 1
kind = "cns"
name = "cns-small"
title_en = "small"
title_it = "piccola"
atr = "3BFF1800FF8131FE55006B02091717011101434E531131808C"
[behaviour]
wrong_pin = "6300"
empty_verify = "count"
reference_search_bit = "required"
chaining = true
extended_length = true
short_read = "9000"
security_environment = 3
[pin]
reference = 0x10
value = "12345"
tries_max = 3
tries_left = 3
length_min = 5
length_max = 8
[puk]
reference = 0x11
value = "12345678"
tries_max = 10
tries_left = 10
length_min = 8
length_max = 8
[[file]]
path = "1000/1003"
content = "number.bin"
read = "always"
"#;

    #[test]
    fn folder_is_read_but_not_left() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("card");
        fs::create_dir(&folder).unwrap();
        let read = || Profile::from_dir(&folder);
        assert!(
            read()
                .unwrap_err()
                .to_string()
                .contains("card.toml cannot be read")
        );

        fs::write(folder.join("card.toml"), TEXT).unwrap();
        fs::write(folder.join("number.bin"), b"6090000000000016").unwrap();
        assert!(read().is_ok());

        fs::write(folder.join("number.bin"), vec![0; PROFILE_FILE_MAX_BYTES + 1]).unwrap();
        assert!(read().unwrap_err().to_string().contains("more than 65536 bytes"));
        fs::remove_file(folder.join("number.bin")).unwrap();
        fs::create_dir(folder.join("number.bin")).unwrap();
        assert_eq!(read().unwrap_err().code(), "profile-unreadable");
        fs::write(folder.join("card.toml"), [0xFF]).unwrap();
        assert!(read().unwrap_err().to_string().contains("not UTF-8"));
    }

    #[cfg(unix)]
    #[test]
    fn link_out_of_the_folder_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("card");
        fs::create_dir(&folder).unwrap();
        fs::write(root.path().join("outside"), b"6090000000000016").unwrap();
        std::os::unix::fs::symlink("../outside", folder.join("number.bin")).unwrap();
        fs::write(folder.join("card.toml"), TEXT).unwrap();
        let error = Profile::from_dir(&folder).unwrap_err();
        assert!(error.to_string().contains("not a plain file"), "{error}");
    }
}
