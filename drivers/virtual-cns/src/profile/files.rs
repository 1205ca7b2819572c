//! The files and applications of a profile, checked and put into their trees.
//!
//! Not here: PINs, keys and habits (the rest of `profile`).

use varco_apdu::{Aid, FileId};
use varco_emulator::{
    Access, FileTree, PROFILE_FILE_MAX_BYTES, ProfileError, ProfileSource, load_profile_file as load,
    profile_hex as hex,
};

use super::{APPLICATIONS_MAX, DATA_MAX_BYTES, PATH_STEPS_MAX};
use crate::application::{Application, Applications};
use crate::schema::{self, CardToml};

pub(super) fn applications(
    written: &CardToml,
    source: ProfileSource<'_>,
) -> Result<Applications, ProfileError> {
    let pin = written.pin.reference;
    let outside = Application {
        aid: None,
        tree: tree(&written.file, "file", pin, source)?,
        data: Vec::new(),
    };
    if written.application.len() > APPLICATIONS_MAX {
        let expected = format!("expected at most {APPLICATIONS_MAX}");
        return Err(ProfileError::value("application", expected));
    }
    let mut named: Vec<Application> = Vec::with_capacity(written.application.len());
    for (index, application) in written.application.iter().enumerate() {
        let key = format!("application[{index}]");
        let aid = Some(aid(&application.aid, &format!("{key}.aid"))?);
        if named.iter().any(|known| known.aid == aid) {
            let expected = "expected another one for each application";
            return Err(ProfileError::value(format!("{key}.aid"), expected));
        }
        named.push(Application {
            aid,
            tree: tree(&application.file, &format!("{key}.file"), pin, source)?,
            data: data(&application.data, &key)?,
        });
    }
    Ok(Applications::new(outside, named))
}

fn data(written: &[schema::Data], key: &str) -> Result<Vec<(u16, Vec<u8>)>, ProfileError> {
    let object = |(index, object): (usize, &schema::Data)| {
        let at = |name: &str| format!("{key}.data[{index}].{name}");
        let tag = hex(&object.tag)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u16::from_be_bytes)
            .ok_or_else(|| ProfileError::value(at("tag"), "expected 2 bytes in hex"))?;
        let value = hex(&object.value)
            .filter(|bytes| bytes.len() <= DATA_MAX_BYTES)
            .ok_or_else(|| {
                ProfileError::value(
                    at("value"),
                    format!("expected up to {DATA_MAX_BYTES} bytes in hex"),
                )
            })?;
        Ok((tag, value))
    };
    written.iter().enumerate().map(object).collect()
}

fn tree(
    written: &[schema::File],
    at: &str,
    pin: u8,
    source: ProfileSource<'_>,
) -> Result<FileTree, ProfileError> {
    let mut tree = FileTree::new();
    for (index, file) in written.iter().enumerate() {
        let key = |name: &str| format!("{at}[{index}].{name}");
        let path = path(&file.path).ok_or_else(|| wrong_path(key("path")))?;
        let added = match content(file, &key, source)? {
            Some(bytes) => tree.add_file(&path, bytes, access(file, &key, pin)?),
            None => {
                let aid = file.aid.as_ref().map(|text| aid(text, &key("aid"))).transpose()?;
                tree.add_directory(&path, aid)
            }
        };
        added.map_err(|error| ProfileError::value(key("path"), error.to_string()))?;
    }
    Ok(tree)
}

pub(super) fn wrong_path(key: String) -> ProfileError {
    ProfileError::value(key, "expected identifiers of 4 hex digits, as in 1100/1101")
}

pub(super) fn path(text: &str) -> Option<Vec<FileId>> {
    let steps: Vec<FileId> = text
        .split('/')
        .take(PATH_STEPS_MAX + 1)
        .map(|step| {
            let bytes = hex(step).filter(|_| step.len() == 4)?;
            Some(FileId(u16::from_be_bytes(bytes.try_into().ok()?)))
        })
        .collect::<Option<_>>()?;
    (steps.len() <= PATH_STEPS_MAX).then_some(steps)
}

/// The padded bytes of an elementary file; `None` for a directory.
fn content(
    file: &schema::File,
    key: &dyn Fn(&str) -> String,
    source: ProfileSource<'_>,
) -> Result<Option<Vec<u8>>, ProfileError> {
    let mut bytes = match &file.content {
        Some(name) => load(name, &key("content"), source)?,
        None => Vec::new(),
    };
    let size = match (file.size, &file.content) {
        (Some(size), _) => size,
        (None, Some(_)) => bytes.len(),
        (None, None) => return Ok(None),
    };
    if size > PROFILE_FILE_MAX_BYTES || bytes.len() > size {
        let expected = format!("expected {} to {PROFILE_FILE_MAX_BYTES} bytes", bytes.len());
        return Err(ProfileError::value(key("size"), expected));
    }
    bytes.resize(size, 0x00);
    Ok(Some(bytes))
}

fn access(file: &schema::File, key: &dyn Fn(&str) -> String, pin: u8) -> Result<Access, ProfileError> {
    match file.read {
        Some(schema::Read::Always) => Ok(Access::Always),
        Some(schema::Read::Never) => Ok(Access::Never),
        Some(schema::Read::Pin) => Ok(Access::Pin(pin)),
        None => Err(ProfileError::value(
            key("read"),
            "expected `always`, `never` or `pin`",
        )),
    }
}

pub(super) fn aid(text: &str, key: &str) -> Result<Aid, ProfileError> {
    hex(text)
        .and_then(|bytes| Aid::new(&bytes).ok())
        .ok_or_else(|| ProfileError::value(key, "expected 5 to 16 bytes in hex"))
}
