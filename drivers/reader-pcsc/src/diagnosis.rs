//! Why nothing works, in facts: for `varco doctor`.
//!
//! Not here: words for people, and remedies.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use varco_card::{LinkError, ReaderDriver, ReaderState};

use crate::{PcscReaders, ReaderPad, pin_pads};

/// Where pcscd listens unless it was built otherwise.
const SOCKET: &str = "/run/pcscd/pcscd.comm";
/// libpcsclite takes the socket from here.
const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";
/// Where the drivers of readers are installed, by the distributions' common choices.
const DRIVER_FOLDERS: [&str; 3] = [
    "/usr/lib/pcsc/drivers",
    "/usr/lib64/pcsc/drivers",
    "/usr/local/lib/pcsc/drivers",
];
/// Where Linux shows the interfaces of USB devices.
const USB_DEVICES: &str = "/sys/bus/usb/devices";
/// The class of smart-card readers (USB-IF, CCID 1.1 §4.3).
const USB_CLASS_CCID: &str = "0b";
/// Most entries looked at in any one folder.
const ENTRIES_MAX: usize = 100_000;

/// The socket of the service, as this user finds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Socket {
    /// It is not there: the service is not installed, or neither it nor its socket unit is started.
    Absent,
    /// It is there but this user may not open it.
    Refused,
    /// It is there but nobody listens: the service died.
    Deserted,
    /// A connection was accepted.
    Open,
}

impl Socket {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Absent => "socket-absent",
            Self::Refused => "socket-refused",
            Self::Deserted => "socket-deserted",
            Self::Open => "socket-open",
        }
    }
}

/// The process of the service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Daemon {
    /// One runs. It may not be the one behind the socket.
    Running,
    /// None is to be seen. With socket activation that is normal until the first use.
    NotSeen,
    /// This system does not show its processes.
    Unknown,
}

impl Daemon {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Running => "daemon-running",
            Self::NotSeen => "daemon-not-seen",
            Self::Unknown => "daemon-unknown",
        }
    }
}

/// What was found, from the outside in.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// Where the socket was looked for.
    pub socket_path: PathBuf,
    /// What is there.
    pub socket: Socket,
    /// Whether the service runs; looked at before anything could have started it.
    pub daemon: Daemon,
    /// The drivers of readers that are installed, by file name, sorted. None is a cause of no reader.
    pub drivers: Vec<String>,
    /// USB smart-card readers that are plugged in, whether or not the service lists them; `None` when this
    /// system does not show them.
    pub usb_readers: Option<usize>,
    /// The readers that the service lists, or why it does not.
    pub readers: Result<Vec<ReaderState>, LinkError>,
    /// Their keys for the PIN; empty where the service does not list them.
    pub pads: Vec<ReaderPad>,
}

/// Looks at everything between this process and a card. Changes nothing, except that connecting may start a
/// socket-activated service.
#[must_use]
pub fn diagnose() -> Diagnosis {
    let daemon = daemon();
    let (socket_path, socket) = socket();
    Diagnosis {
        socket_path,
        socket,
        daemon,
        drivers: drivers(),
        usb_readers: usb_readers(),
        readers: PcscReaders::default().readers(),
        pads: pin_pads().unwrap_or_default(),
    }
}

/// Tells one service from another, by its socket: a service that is started by hand makes a new one, one that the
/// system starts on demand keeps it. Zero where there is none.
pub(crate) fn service_number() -> u64 {
    fs::metadata(socket_path()).map_or(0, |found| {
        let made = found.ctime().cast_unsigned().wrapping_mul(1_000_000_000);
        let made = made.wrapping_add(found.ctime_nsec().cast_unsigned());
        made ^ found.ino().rotate_left(32) ^ found.dev().rotate_left(48)
    })
}

/// Where the socket should be.
fn socket_path() -> PathBuf {
    PathBuf::from(std::env::var_os(SOCKET_VARIABLE).unwrap_or_else(|| SOCKET.into()))
}

/// Where the socket should be, and what is there.
pub(crate) fn socket() -> (PathBuf, Socket) {
    let path = socket_path();
    let found = match UnixStream::connect(&path) {
        Ok(_) => Socket::Open,
        Err(error) => match error.kind() {
            ErrorKind::PermissionDenied => Socket::Refused,
            ErrorKind::NotFound => Socket::Absent,
            _ => Socket::Deserted,
        },
    };
    (path, found)
}

fn daemon() -> Daemon {
    let names: Vec<_> = entries(Path::new("/proc"))
        .filter_map(|process| fs::read_to_string(process.join("comm")).ok())
        .collect();
    if names.iter().any(|name| name.trim_end() == "pcscd") {
        Daemon::Running
    } else if names.is_empty() {
        Daemon::Unknown
    } else {
        Daemon::NotSeen
    }
}

fn drivers() -> Vec<String> {
    let mut found: Vec<_> = DRIVER_FOLDERS
        .iter()
        .flat_map(|folder| {
            let bundles = entries(Path::new(folder)).filter(|path| has_extension(path, "bundle"));
            let serial = entries(&Path::new(folder).join("serial")).filter(|path| has_extension(path, "so"));
            bundles.chain(serial).collect::<Vec<_>>()
        })
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn usb_readers() -> Option<usize> {
    let folder = Path::new(USB_DEVICES);
    folder.is_dir().then(|| {
        entries(folder)
            .filter_map(|device| fs::read_to_string(device.join("bInterfaceClass")).ok())
            .filter(|class| class.trim_end() == USB_CLASS_CCID)
            .count()
    })
}

/// What is in a folder; nothing when it cannot be read.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .take(ENTRIES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_a_code_of_its_own() {
        let sockets = [Socket::Absent, Socket::Refused, Socket::Deserted, Socket::Open].map(Socket::code);
        let daemons = [Daemon::Running, Daemon::NotSeen, Daemon::Unknown].map(Daemon::code);
        let mut codes = [&sockets[..], &daemons[..]].concat();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 7);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_empty_one() {
        assert_eq!(entries(Path::new("/no/such/folder")).count(), 0);
    }
}
