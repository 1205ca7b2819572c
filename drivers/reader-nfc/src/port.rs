//! What a reader hangs on, taken for one program alone: libnfc itself lets two programs talk into each other, and resets a USB
//! reader that another one is using.
//!
//! A port is locked by its own file. For a reader on USB it is the bus's folder, so that all such readers are one where none
//! is named: a program that names bus and device shares the folder and has the device alone.
//!
//! Not here: what is said over it.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::process::Stdio;

use rustix::fs::{FlockOperation, OFlags, flock};
use varco_card::LinkError;

use crate::connection::{Connection, Place};

/// Where Linux has the devices of USB.
const USB: &str = "/dev/bus/usb";
/// Most processes named.
const HOLDERS_MAX: usize = 8;

/// What is held until this is dropped.
#[derive(Debug)]
pub(crate) struct HeldPort {
    /// Locked, the reader's own last. None where there is no USB.
    files: Vec<File>,
    connection: Connection,
}

impl Drop for HeldPort {
    fn drop(&mut self) {
        // Closing is not enough: a process that another thread is just starting has the lock too, until it is started.
        for file in &self.files {
            let _ = flock(file, FlockOperation::Unlock);
        }
    }
}

impl HeldPort {
    /// Takes what this reader hangs on.
    ///
    /// # Errors
    /// [`LinkError::NoReader`] when there is no such port, [`LinkError::ReaderRefused`] when this user may not open it,
    /// [`LinkError::ReaderHeld`] when another program holds it.
    pub(crate) fn take(connection: &Connection) -> Result<Self, LinkError> {
        let files = match connection.place() {
            Place::Port(path) => vec![port(path)?],
            Place::Usb(named) => usb(Path::new(USB), named.as_ref())?,
        };
        Ok(Self {
            files,
            connection: connection.clone(),
        })
    }

    /// The same lock for a child, as long as it lives: it may talk on for a moment when this process is gone.
    pub(crate) fn lent(&self) -> Stdio {
        let lent = self.files.last().and_then(|file| file.try_clone().ok());
        lent.map_or_else(Stdio::null, Stdio::from)
    }

    /// Whether the path still leads to what is held: a reader that was pulled out comes back as another file.
    pub(crate) fn is_current(&self) -> bool {
        let identity = |about: std::fs::Metadata| (about.dev(), about.ino());
        match (self.connection.place(), self.files.last()) {
            (Place::Port(path), Some(file)) => {
                let there = path.metadata().map(identity).ok();
                there.is_some() && there == file.metadata().map(identity).ok()
            }
            _ => true,
        }
    }
}

fn open(path: &Path, is_for_writing: bool) -> Result<File, LinkError> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    OpenOptions::new()
        .read(true)
        .write(is_for_writing)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
        .map_err(|error| refusal(error.kind()))
}

fn refusal(kind: ErrorKind) -> LinkError {
    match kind {
        ErrorKind::PermissionDenied => LinkError::ReaderRefused,
        _ => LinkError::NoReader,
    }
}

fn lock(file: File, how: FlockOperation) -> Result<File, LinkError> {
    match flock(&file, how) {
        Ok(()) => Ok(file),
        Err(_) => Err(LinkError::ReaderHeld { by: holders(&file) }),
    }
}

fn port(path: &Path) -> Result<File, LinkError> {
    let file = open(path, true)?;
    let is_port = file
        .metadata()
        .is_ok_and(|about| about.file_type().is_char_device());
    if !is_port {
        return Err(LinkError::NoReader);
    }
    lock(file, FlockOperation::NonBlockingLockExclusive)
}

fn usb(devices: &Path, named: Option<&(String, String)>) -> Result<Vec<File>, LinkError> {
    let Ok(bus) = open(devices, false) else {
        // Without USB there is no such reader: libnfc will say so.
        return Ok(Vec::new());
    };
    match named {
        None => Ok(vec![lock(bus, FlockOperation::NonBlockingLockExclusive)?]),
        Some((number, device)) => {
            let device = open(&devices.join(number).join(device), false)?;
            Ok(vec![
                lock(bus, FlockOperation::NonBlockingLockShared)?,
                lock(device, FlockOperation::NonBlockingLockExclusive)?,
            ])
        }
    }
}

/// The processes that hold a file, by the kernel's list of locks; those of other containers have no number here.
fn holders(file: &File) -> Vec<u32> {
    let Ok(about) = file.metadata() else {
        return Vec::new();
    };
    let device = about.dev();
    let place = format!(
        "{:02x}:{:02x}:{}",
        rustix::fs::major(device),
        rustix::fs::minor(device),
        about.ino()
    );
    let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    locks
        .lines()
        .filter_map(|line| {
            // `1: FLOCK  ADVISORY  WRITE 1234 00:18:7 0 EOF`; who only waits has an arrow there.
            let words: Vec<&str> = line.split_whitespace().collect();
            match *words.as_slice() {
                [_, "FLOCK", _, _, pid, at, ..] if at == place => pid.parse().ok(),
                _ => None,
            }
        })
        .filter(|pid| *pid > 0)
        .take(HOLDERS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &str) -> Result<HeldPort, LinkError> {
        HeldPort::take(&Connection::parse(text).unwrap())
    }

    #[test]
    fn what_is_no_port_is_no_reader_and_what_may_not_be_opened_is_told() {
        for text in [
            "pn532_uart:/nonexistent",
            "pn532_uart:/etc/hostname",
            "pn532_uart:/tmp",
        ] {
            assert_eq!(take(text).unwrap_err(), LinkError::NoReader, "{text}");
        }
        // Not tried on a port: root may open all of them.
        assert_eq!(refusal(ErrorKind::PermissionDenied), LinkError::ReaderRefused);
    }

    #[test]
    fn a_port_is_held_for_one_alone_and_its_holder_is_named() {
        use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let connection = format!("pn532_uart:{name}");
        let held = take(&connection).unwrap();
        assert!(held.is_current());
        let by = vec![std::process::id()];
        assert_eq!(take(&connection).unwrap_err(), LinkError::ReaderHeld { by });
        drop(held);
        take(&connection).unwrap();
    }

    #[test]
    fn a_port_whose_path_leads_elsewhere_is_not_current() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("port");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        let held = take(&format!("pn532_uart:{}", link.display())).unwrap();
        assert!(held.is_current());
        std::fs::remove_file(&link).unwrap();
        assert!(!held.is_current());
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        assert!(!held.is_current());
    }

    #[test]
    fn on_usb_a_named_reader_is_held_alone_and_all_of_them_where_none_is_named() {
        let devices = tempfile::tempdir().unwrap();
        std::fs::create_dir(devices.path().join("001")).unwrap();
        for device in ["004", "005"] {
            std::fs::write(devices.path().join("001").join(device), "").unwrap();
        }
        let named = |device: &str| ("001".to_owned(), device.to_owned());
        let take = |device: Option<&str>| usb(devices.path(), device.map(named).as_ref());
        let is_held = |outcome: Result<Vec<File>, LinkError>| {
            matches!(outcome.map(drop), Err(LinkError::ReaderHeld { .. }))
        };
        {
            let _one = take(Some("004")).unwrap();
            let _other = take(Some("005")).unwrap();
            assert!(is_held(take(Some("004"))) && is_held(take(None)));
        }
        {
            let _any = take(None).unwrap();
            assert!(is_held(take(Some("004"))) && is_held(take(None)));
        }
        assert_eq!(take(Some("006")).map(drop), Err(LinkError::NoReader));
        assert!(usb(Path::new("/nonexistent"), None).unwrap().is_empty());
    }
}
