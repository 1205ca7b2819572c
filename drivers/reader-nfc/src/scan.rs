//! The serial ports of this machine, for whoever asks that all be tried.
//!
//! Not here: trying them. Whatever else hangs there gets bytes that mean nothing to it, so nobody's ports are tried unasked.

use std::fs;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use crate::connection::Connection;

/// Where Linux shows them.
const DEVICES: &str = "/dev";
/// What they are called there: USB adapters, USB devices, the ports of boards and of old machines.
const NAMES: [&str; 4] = ["ttyUSB", "ttyACM", "ttyAMA", "ttyS"];
/// Most ports told.
const PORTS_MAX: usize = 64;
/// Most entries looked at.
const ENTRIES_MAX: usize = 10_000;

/// A PN532 on each serial port there is, sorted.
pub(crate) fn serial_ports() -> Vec<Connection> {
    serial_ports_in(Path::new(DEVICES))
}

fn serial_ports_in(devices: &Path) -> Vec<Connection> {
    let mut ports: Vec<String> = fs::read_dir(devices)
        .into_iter()
        .flatten()
        .take(ENTRIES_MAX)
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let number = NAMES.iter().find_map(|prefix| name.strip_prefix(prefix));
            number
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        })
        .filter(|entry| fs::metadata(entry.path()).is_ok_and(|about| about.file_type().is_char_device()))
        .map(|entry| format!("pn532_uart:{}", entry.path().display()))
        .collect();
    ports.sort();
    ports.truncate(PORTS_MAX);
    ports.iter().flat_map(|port| Connection::parse(port)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_told_by_their_names_and_only_where_they_are_ports() {
        let devices = tempfile::tempdir().unwrap();
        let at = |name: &str| devices.path().join(name);
        for name in ["ttyUSB7", "ttyACM0", "tty7", "ttyUSB", "ttyUSBx"] {
            std::os::unix::fs::symlink("/dev/null", at(name)).unwrap();
        }
        fs::write(at("ttyS0"), "no port").unwrap();
        let found = serial_ports_in(devices.path());
        let expected = ["ttyACM0", "ttyUSB7"].map(|name| format!("pn532_uart:{}", at(name).display()));
        let found: Vec<&str> = found.iter().map(Connection::as_str).collect();
        assert_eq!(found, expected);
        assert!(serial_ports_in(&at("none")).is_empty());
    }
}
