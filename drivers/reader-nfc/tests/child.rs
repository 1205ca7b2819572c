//! Children that are none: whatever stands at the configured path is hostile input, and costs nothing but itself.
//!
//! Not here: the real child, which needs libnfc.
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;
use varco_card::{LinkError, ReaderDriver as _, ReaderName};
use varco_reader_nfc::{Connection, NfcReaders};

/// Of a reader that hangs on no port.
const CONNECTION: &str = "pn53x_usb";

const NAME: &str = "nfc:pn53x_usb";

fn script(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("nfcd");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    path
}

fn connect(nfcd: PathBuf) -> LinkError {
    let readers = NfcReaders::new(nfcd, vec![Connection::parse(CONNECTION).unwrap()]);
    let connected = readers.connect(&ReaderName::new(NAME), core::time::Duration::ZERO);
    connected.map(drop).unwrap_err()
}

#[test]
fn what_is_no_child_of_ours_is_told_and_costs_nothing_else() {
    let folder = TempDir::new().unwrap();
    // It ends at once, or in the middle of an answer.
    for text in ["exit 0", "printf '\\000\\005\\000'", "kill -SEGV $$"] {
        assert_eq!(connect(script(&folder, text)), LinkError::DriverCrashed, "{text}");
    }
    // The question itself, an endless answer, the answer to another question, a card before the reader is open.
    for text in [
        "exec cat",
        "exec yes",
        "printf '\\000\\005\\000\\000\\000\\007\\201'; exec sleep 9",
        "printf '\\000\\005\\000\\000\\000\\001\\202'; exec sleep 9",
    ] {
        assert!(
            matches!(connect(script(&folder, text)), LinkError::Protocol { .. }),
            "{text}"
        );
    }
    // It says that there is no such reader.
    let refuses = script(
        &folder,
        "printf '\\000\\006\\000\\000\\000\\001\\206\\000'; exec sleep 9",
    );
    assert_eq!(connect(refuses), LinkError::NoReader);
}

#[test]
fn a_child_that_answers_without_listening_is_found_out() {
    let folder = TempDir::new().unwrap();
    // Open: done. Select: a card. Then 9000 to whatever may come, with the right numbers.
    let answers = script(
        &folder,
        "printf '\\000\\005\\000\\000\\000\\001\\201\\000\\005\\000\\000\\000\\002\\203'\n\
         i=3; while [ $i -lt 1024 ]; do\n\
         printf \"\\\\000\\\\007\\\\000\\\\000\\\\$(printf %03o $((i / 256)))\\\\$(printf %03o $((i % 256)))\\\\205\\\\220\\\\000\"\n\
         i=$((i + 1)); done; exec sleep 9",
    );
    let readers = NfcReaders::new(answers, vec![Connection::parse(CONNECTION).unwrap()]);
    let mut link = readers
        .connect(&ReaderName::new(NAME), core::time::Duration::ZERO)
        .unwrap();
    let ended = (0..1_000).find_map(|_| link.transmit(&[0x5A; 255]).err());
    assert!(matches!(ended, Some(LinkError::Protocol { .. })), "{ended:?}");
}

#[test]
fn a_child_that_talks_on_when_it_is_let_go_is_ended() {
    let folder = TempDir::new().unwrap();
    let talks = script(
        &folder,
        "printf '\\000\\005\\000\\000\\000\\001\\201\\000\\005\\000\\000\\000\\002\\203'\n\
         cat > /dev/null\nexec yes",
    );
    let readers = NfcReaders::new(talks, vec![Connection::parse(CONNECTION).unwrap()]);
    let link = readers.connect(&ReaderName::new(NAME), core::time::Duration::ZERO);
    // Ends at all: whatever it says, it is heard for half a second.
    drop(link.unwrap());
}

#[test]
fn the_executable_stands_at_an_absolute_path_or_is_not_started() {
    let folder = TempDir::new().unwrap();
    script(&folder, "exit 0");
    for path in ["nfcd", "./nfcd", ""] {
        assert_eq!(connect(path.into()), LinkError::DriverAbsent, "{path}");
    }
    assert_eq!(connect(folder.path().join("other")), LinkError::DriverAbsent);
    let nfcd = script(&folder, "exit 0");
    fs::set_permissions(&nfcd, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(connect(nfcd), LinkError::DriverAbsent);
    // As the dynamic linker ends it where libnfc is missing.
    assert_eq!(connect(script(&folder, "exit 127")), LinkError::DriverAbsent);
}

#[test]
fn a_child_gets_nothing_of_the_environment() {
    let folder = TempDir::new().unwrap();
    let seen = folder.path().join("seen");
    let nfcd = script(&folder, &format!("/usr/bin/env > {}", seen.display()));
    connect(nfcd);
    let seen = fs::read_to_string(seen).unwrap();
    for line in seen.lines() {
        assert!(
            line.starts_with("LIBNFC_") || line.starts_with("PWD=") || line.starts_with("_="),
            "{line}"
        );
    }
    assert!(seen.contains("LIBNFC_LOG_LEVEL=0"));
}

#[test]
fn no_reader_that_nobody_named_is_there() {
    let readers = NfcReaders::new("/nonexistent/nfcd".into(), Vec::new());
    assert!(readers.readers().unwrap().is_empty());
    let nobody = readers.connect(
        &ReaderName::new("nfc:pn532_uart:/dev/ttyS0"),
        core::time::Duration::ZERO,
    );
    assert_eq!(nobody.map(drop), Err(LinkError::NoReader));
}
