//! The configuration file: which NFC readers there are, and where the program is that drives them.
//!
//! Nothing else is configured by a file. `--config FILE` is read where it is given; else `varco/varco.toml` in the user's
//! configuration folder; else `/etc/varco/varco.toml`. One file, nothing is merged.
//!
//! Not here: what is done with it (`source`).

use core::ops::RangeInclusive;
use std::env;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use serde::Deserialize;
use varco::nfc::Connection;
use varco_messages::Arg;

use crate::arguments::ConfigArguments;
use crate::output::Output;
use crate::ownership::is_ours;
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
/// How long a card may be given for one command.
const COMMAND_TIMEOUTS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(60);

/// What the file says.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) nfc: Nfc,
}

/// What its table `[nfc]` says.
#[derive(Debug)]
pub(crate) struct Nfc {
    /// The absolute path of `varco-nfcd`.
    pub(crate) nfcd: PathBuf,
    pub(crate) readers: Vec<Connection>,
    /// How long a card may take over one command; `None`: as the driver has it.
    pub(crate) command_timeout: Option<Duration>,
}

/// The file as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    nfc: WrittenNfc,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenNfc {
    nfcd: Option<PathBuf>,
    readers: Vec<String>,
    command_timeout_seconds: Option<u64>,
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
        Self::parse("").map_err(|detail| malformed(Path::new(SYSTEM), &detail, output))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let Written { nfc } = toml::from_str(text).map_err(|error| error.to_string())?;
        let nfcd = nfc.nfcd.unwrap_or_else(|| NFCD.into());
        if !nfcd.is_absolute() {
            return Err("nfc.nfcd: the path must be absolute".to_owned());
        }
        if nfc.readers.len() > READERS_MAX {
            return Err(format!("nfc.readers: at most {READERS_MAX}"));
        }
        let connection = |reader: &String| {
            // As it is, or as `varco readers` lists it.
            let text = reader.strip_prefix("nfc:").unwrap_or(reader);
            Connection::parse(text).map_err(|error| format!("nfc.readers: {reader:?}: {error}"))
        };
        let command_timeout = nfc.command_timeout_seconds.map(Duration::from_secs);
        if command_timeout.is_some_and(|timeout| !COMMAND_TIMEOUTS.contains(&timeout)) {
            return Err("nfc.command_timeout_seconds: 1 to 60".to_owned());
        }
        Ok(Self {
            nfc: Nfc {
                nfcd,
                readers: nfc.readers.iter().map(connection).collect::<Result<_, _>>()?,
                command_timeout,
            },
        })
    }
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
    if !is_ours(&about) {
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
        assert_eq!(config.nfc.readers[0].as_str(), "pn532_uart:/dev/ttyUSB0");
        let listed = Config::parse("[nfc]\nreaders = [\"nfc:pn532_uart:/dev/ttyUSB0\"]\n").unwrap();
        assert_eq!(listed.nfc.readers, config.nfc.readers);
        assert_eq!(config.nfc.command_timeout, None);
        for text in [
            "[nfc]\nnfcd = \"varco-nfcd\"",
            "[nfc]\nreaders = [\"/dev/ttyUSB0\"]",
            "[nfc]\nreaders = [\"\"]",
            "[nfc]\nreaders = [\"pn532_uart:/dev/a:b:c\"]",
            "[nfc]\nreaders = [\"pn532_uart:ttyUSB0\"]",
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
