//! The configuration file: which NFC readers there are, and where the program is that drives them.
//!
//! Nothing else is configured by a file. `--config FILE` is read where it is given; else `varco/varco.toml` in the user's
//! configuration folder; else `/etc/varco/varco.toml`. One file, nothing is merged.
//!
//! Not here: what is done with it (`source`).

use std::env;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use serde::Deserialize;
use varco_messages::Arg;

use crate::arguments::ConfigArguments;
use crate::output::Output;
use crate::problem::Problem;

/// Of the whole machine.
const SYSTEM: &str = "/etc/varco/varco.toml";
/// In a user's configuration folder.
const OF_USER: &str = "varco/varco.toml";
/// Where `varco-nfcd` is installed unless the file says otherwise.
const NFCD: &str = "/usr/libexec/varco-nfcd";
/// The most bytes that are read.
const BYTES_MAX: u64 = 65_536;
/// The most readers: each is opened to be listed.
const READERS_MAX: usize = 16;
/// Writable by everybody.
const OTHERS_WRITE: u32 = 0o002;

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    #[serde(default)]
    pub(crate) nfc: Nfc,
}

/// Its table `[nfc]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Nfc {
    /// The absolute path of `varco-nfcd`.
    pub(crate) nfcd: PathBuf,
    /// Connection strings of libnfc, such as `pn532_uart:/dev/ttyUSB0`.
    pub(crate) readers: Vec<String>,
    command_timeout_seconds: u64,
}

impl Default for Nfc {
    fn default() -> Self {
        Self {
            nfcd: NFCD.into(),
            readers: Vec::new(),
            command_timeout_seconds: 10,
        }
    }
}

impl Nfc {
    /// How long a card may take over one command.
    pub(crate) fn command_timeout(&self) -> Duration {
        Duration::from_secs(self.command_timeout_seconds)
    }
}

impl Config {
    /// The file that counts, or the defaults where there is none.
    pub(crate) fn load(arguments: &ConfigArguments, output: &Output) -> Result<Self, Problem> {
        let named = arguments.config.as_deref();
        let of_user = || {
            let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
            let folder = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or(home)?;
            folder.is_absolute().then(|| folder.join(OF_USER))
        };
        let paths = match named {
            Some(path) => vec![path.to_owned()],
            None => of_user().into_iter().chain([SYSTEM.into()]).collect(),
        };
        for path in paths {
            match read(&path) {
                Ok(text) => return Self::parse(&text).map_err(|detail| malformed(&path, &detail, output)),
                Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => {}
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    let path = path.display().to_string();
                    return Err(output.problem("config-unsafe", &[("path", Arg::Text(&path))]));
                }
                Err(error) => {
                    return Err(Problem::file(output.messages(), "file-unreadable", &path, &error));
                }
            }
        }
        Ok(Self::default())
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for reader in &mut config.nfc.readers {
            // As `varco readers` lists it.
            if let Some(connection) = reader.strip_prefix("nfc:") {
                *reader = connection.to_owned();
            }
        }
        let Nfc {
            nfcd,
            readers,
            command_timeout_seconds,
        } = &config.nfc;
        if !nfcd.is_absolute() {
            return Err("nfc.nfcd: the path must be absolute".to_owned());
        }
        if readers.len() > READERS_MAX {
            return Err(format!("nfc.readers: at most {READERS_MAX}"));
        }
        if let Some(wrong) = readers.iter().find(|reader| !is_connection(reader)) {
            return Err(format!("nfc.readers: {wrong:?} is no DRIVER:PORT"));
        }
        if !(1..=60).contains(command_timeout_seconds) {
            return Err("nfc.command_timeout_seconds: 1 to 60".to_owned());
        }
        Ok(config)
    }
}

/// A driver's name, and perhaps where its reader is; libnfc would look for any reader otherwise.
fn is_connection(text: &str) -> bool {
    let driver = text.split(':').next().unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !driver.is_empty() && driver.chars().all(is_name) && text.len() < 512 && !text.contains(char::is_control)
}

/// A file that names a program to be run must be the user's or the machine's.
fn read(path: &Path) -> std::io::Result<String> {
    // Not waiting for the other end of what is no file.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    let about = file.metadata()?;
    if !about.is_file() || about.len() > BYTES_MAX {
        return Err(ErrorKind::InvalidInput.into());
    }
    let owners = [0, rustix::process::geteuid().as_raw()];
    if !owners.contains(&about.uid()) || about.mode() & OTHERS_WRITE != 0 {
        return Err(ErrorKind::PermissionDenied.into());
    }
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

fn malformed(path: &Path, detail: &str, output: &Output) -> Problem {
    let path = path.display().to_string();
    output
        .problem("config-malformed", &[("path", Arg::Text(&path))])
        .detailed(&detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_configured_is_read_and_mistakes_are_told() {
        let config = Config::parse("").unwrap();
        assert_eq!((config.nfc.nfcd, config.nfc.readers.len()), (NFCD.into(), 0));
        let config = Config::parse("[nfc]\nreaders = [\"pn532_uart:/dev/ttyUSB0\"]\n").unwrap();
        assert_eq!(config.nfc.readers, ["pn532_uart:/dev/ttyUSB0"]);
        let listed = Config::parse("[nfc]\nreaders = [\"nfc:pn532_uart:/dev/ttyUSB0\"]\n").unwrap();
        assert_eq!(listed.nfc.readers, config.nfc.readers);
        assert_eq!(config.nfc.command_timeout(), Duration::from_secs(10));
        for text in [
            "[nfc]\nnfcd = \"varco-nfcd\"",
            "[nfc]\nreaders = [\"/dev/ttyUSB0\"]",
            "[nfc]\nreaders = [\"\"]",
            "[nfc]\nports = []",
            "[nfc]\ncommand_timeout_seconds = 0",
            "[pcsc]",
            "nfc",
        ] {
            assert!(Config::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_that_anybody_may_write_names_no_program() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(read(file.path()).is_ok());
        assert!(read(file.path().parent().unwrap()).is_err());
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(read(file.path()).unwrap_err().kind(), ErrorKind::PermissionDenied);
    }
}
