//! The port that a reader hangs on, taken for one program alone: libnfc itself lets two programs talk into each other.
//!
//! Not here: what is said over it.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::{FlockOperation, OFlags, flock};
use varco_card::LinkError;

/// Drivers of libnfc whose connection string names a port: `driver:path`, perhaps `:speed` behind.
const PORT_DRIVERS: [&str; 5] = ["pn532_uart", "arygon", "acr122s", "pn532_i2c", "pn532_spi"];

/// Most processes named.
const HOLDERS_MAX: usize = 8;

const COLON: LinkError = LinkError::Protocol {
    what: "libnfc takes no path with a colon in it: name the port by another link",
};

/// A port that is held until this is dropped; none for readers that are found by other ways than a path.
#[derive(Debug)]
pub(crate) struct HeldPort {
    file: Option<File>,
}

impl Drop for HeldPort {
    fn drop(&mut self) {
        // Closing it is not enough: a process that another thread is just starting has the lock too, until it is started.
        if let Some(file) = &self.file {
            let _ = flock(file, FlockOperation::Unlock);
        }
    }
}

/// The path in a connection string of libnfc. It splits at colons, so that none may stand in the path.
pub(crate) fn path_of(connection: &str) -> Result<Option<&Path>, LinkError> {
    let mut parts = connection.split(':');
    let (driver, path) = (parts.next().unwrap_or_default(), parts.next());
    if !PORT_DRIVERS.contains(&driver) {
        return Ok(None);
    }
    let is_speed = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let rest: Vec<&str> = parts.collect();
    if !matches!(rest.as_slice(), [] | [_]) || !rest.iter().all(|part| is_speed(part)) {
        return Err(COLON);
    }
    let path = path.filter(|path| !path.is_empty()).map(Path::new);
    if path.is_some_and(Path::is_relative) {
        // The child would look from another folder, past our lock.
        return Err(LinkError::Protocol {
            what: "the port of an NFC reader is named by an absolute path",
        });
    }
    Ok(path)
}

/// Whether the port of a connection string is there still; true for a reader that hangs on none, as far as anybody knows.
pub(crate) fn is_there(connection: &str) -> bool {
    path_of(connection).is_ok_and(|path| path.is_none_or(Path::exists))
}

/// Whether what looks like a speed is the rest of a path that there is.
fn is_path_with_colon(connection: &str) -> bool {
    let whole = connection.split_once(':').map(|(_, whole)| whole);
    whole.is_some_and(|whole| whole.contains(':') && Path::new(whole).exists())
}

impl HeldPort {
    /// Takes the port of a connection string.
    ///
    /// # Errors
    /// [`LinkError::NoReader`] when there is no such port, [`LinkError::ReaderRefused`] when this user may not open it,
    /// [`LinkError::ReaderHeld`] when another program holds it.
    pub(crate) fn take(connection: &str) -> Result<Self, LinkError> {
        let Some(path) = path_of(connection)? else {
            return Ok(Self { file: None });
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(
                (OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC)
                    .bits()
                    .cast_signed(),
            )
            .open(path)
            .map_err(|error| match error.kind() {
                ErrorKind::PermissionDenied => LinkError::ReaderRefused,
                _ if is_path_with_colon(connection) => COLON,
                _ => LinkError::NoReader,
            })?;
        let is_port = file
            .metadata()
            .is_ok_and(|about| about.file_type().is_char_device());
        if !is_port {
            return Err(LinkError::NoReader);
        }
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { file: Some(file) }),
            Err(_) => Err(LinkError::ReaderHeld { by: holders(&file) }),
        }
    }
}

/// The processes that hold a port, by the kernel's list of locks; those of other containers have no number here.
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
            // `1: FLOCK  ADVISORY  WRITE 1234 00:18:7 0 EOF`
            let words: Vec<&str> = line.split_whitespace().collect();
            let at = words.iter().position(|word| *word == "FLOCK")?;
            let is_it = *words.get(at + 4)? == place;
            is_it.then(|| words.get(at + 3)?.parse().ok()).flatten()
        })
        .filter(|pid| *pid > 0)
        .take(HOLDERS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_and_colons_in_them_are_explained() {
        let path = |text| {
            path_of(text)
                .unwrap()
                .map(|path| path.to_str().unwrap().to_owned())
        };
        assert_eq!(path("pn532_uart:/dev/ttyUSB0").as_deref(), Some("/dev/ttyUSB0"));
        assert_eq!(
            path("pn532_uart:/dev/ttyUSB0:57600").as_deref(),
            Some("/dev/ttyUSB0")
        );
        assert_eq!(path("pn53x_usb:001:004"), None);
        assert_eq!(path("pn532_uart"), None);
        for text in [
            "pn532_uart:/dev/by-path/pci-0000:00:1",
            "pn532_uart:/a:b:1",
            "pn532_uart:/a:",
            "pn532_uart:dev/ttyUSB0",
        ] {
            assert!(matches!(path_of(text), Err(LinkError::Protocol { .. })), "{text}");
        }
    }

    #[test]
    fn what_is_no_port_is_no_reader() {
        for text in [
            "pn532_uart:/nonexistent",
            "pn532_uart:/etc/hostname",
            "pn532_uart:/tmp",
        ] {
            assert_eq!(HeldPort::take(text).unwrap_err(), LinkError::NoReader, "{text}");
        }
    }

    #[test]
    fn a_port_is_held_for_one_alone_and_its_holder_is_named() {
        use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let connection = format!("pn532_uart:{name}");
        let held = HeldPort::take(&connection).unwrap();
        let by = vec![std::process::id()];
        assert_eq!(
            HeldPort::take(&connection).unwrap_err(),
            LinkError::ReaderHeld { by }
        );
        drop(held);
        HeldPort::take(&connection).unwrap();
    }
}
