//! Invented persons, changes and stores that tests begin with.

use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use jiff::Timestamp;
use varco_access_policy::{
    Change, Channel, DelegationKind, NewDelegation, NewEnablement, ServiceId, Validity,
};
pub(crate) use varco_auth::CodiceFiscale;
pub(crate) use varco_records::facts::Records;

/// How long a test waits for a lock that will be given back.
pub(crate) const PATIENT: Duration = Duration::from_secs(60);
/// How long it waits for one that will not.
pub(crate) const IMPATIENT: Duration = Duration::from_millis(50);

/// The invented person of a number: a codice fiscale whose names are the number.
pub(crate) fn person(number: u32) -> CodiceFiscale {
    let mut rest = number;
    let letters: String = std::iter::repeat_with(|| {
        let letter = char::from(b'A' + u8::try_from(rest % 26).unwrap());
        rest /= 26;
        letter
    })
    .take(6)
    .collect();
    ('A'..='Z')
        .find_map(|check| CodiceFiscale::parse(&format!("{letters}10A41H501{check}")).ok())
        .unwrap()
}

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn change(at: &str) -> Change {
    Change::new("office 7000, clerk 12", instant(at), "protocol 2026/1").unwrap()
}

/// The first day of a month of 2026, or of a later year.
pub(crate) fn month(number: u32) -> Timestamp {
    let (year, month) = (2026 + (number - 1) / 12, (number - 1) % 12 + 1);
    instant(&format!("{year}-{month:02}-01T00:00:00Z"))
}

/// From the beginning of a month until that of another.
pub(crate) fn months(from: u32, until: Option<u32>) -> Validity {
    Validity::new(month(from), until.map(month)).unwrap()
}

pub(crate) fn service(id: &str) -> ServiceId {
    ServiceId::parse(id).unwrap()
}

pub(crate) fn enablement(holder: u32, validity: Validity) -> NewEnablement {
    NewEnablement {
        holder: person(holder),
        service: service("comune.siuss"),
        validity,
        granted: change("2026-01-01T09:00:00Z"),
    }
}

pub(crate) fn delegation(
    delegator: u32,
    delegate: u32,
    kind: DelegationKind,
    validity: Validity,
) -> NewDelegation {
    NewDelegation {
        delegator: person(delegator),
        delegate: person(delegate),
        kind,
        validity,
        birth_date: (kind == DelegationKind::Parent).then(|| jiff::civil::date(2010, 1, 1)),
        channel: Channel::Office,
        registered: change("2026-01-01T09:00:00Z"),
    }
}

/// A folder that is gone with the test, and the place of a store in it.
pub(crate) fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("facts.db");
    (folder, path)
}

/// In memory where the system has such a place: what a killed process leaves behind is the same there.
pub(crate) fn place_in_memory() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let path = folder.path().join("facts.db");
    (folder, path)
}

/// A new store.
pub(crate) fn store() -> (tempfile::TempDir, Records) {
    let (folder, path) = place_in_memory();
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    (folder, records)
}

/// The file as another program of SQLite would open it.
pub(crate) fn raw(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.busy_timeout(PATIENT).unwrap();
    connection
}
