//! A revocation list kept in memory, ready to be asked.
//!
//! Not here: lists too long for that, of which the trust store keeps an index on disk.

use std::sync::{Mutex, PoisonError};

use super::list::check_signature;
use super::outline::Outline;
use super::{CrlError, CrlHeader, KnownList, ListFault, RevocationList, RevokedEntry, SerialNumber, entry};
use crate::{Certificate, Timestamp};

/// Most keys whose check is remembered: a list has one signer, and few are tried.
const CHECKS_MAX: usize = 16;

/// The SHA-256 of a key, and what its check came to.
type Check = ([u8; 32], Result<(), ListFault>);

/// A list that owns its bytes. Besides them it takes 4 bytes for each entry.
pub struct HeldList {
    der: Vec<u8>,
    header: CrlHeader,
    fetched_at: Option<Timestamp>,
    /// Places of the entries that count, sorted by serial number.
    places: Vec<u32>,
    checks: Mutex<Vec<Check>>,
}

impl HeldList {
    /// Reads a list that fills `der` exactly.
    ///
    /// # Errors
    /// [`CrlError`].
    pub fn parse(der: Vec<u8>, fetched_at: Option<Timestamp>) -> Result<Self, CrlError> {
        let list = RevocationList::parse(&der)?;
        let header = list.header().clone();
        let mut places = Vec::new();
        for entry in list.in_order()? {
            places.push(entry?.offset);
        }
        Ok(Self {
            der,
            header,
            fetched_at,
            places,
            checks: Mutex::new(Vec::new()),
        })
    }

    /// The bytes as read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    fn outline(&self) -> Result<Outline<'_>, ListFault> {
        Outline::read(&self.der).map_err(|_| ListFault::Unreadable)
    }
}

impl KnownList for HeldList {
    fn header(&self) -> &CrlHeader {
        &self.header
    }

    fn check_signature(&self, signer: &Certificate) -> Result<(), ListFault> {
        let key = signer.key_sha256();
        // What is behind the lock is whole at every instant, also where a thread ended while it held it.
        let known = |checks: &[Check]| {
            let found = checks.iter().find(|(checked, _)| *checked == key);
            found.map(|(_, outcome)| *outcome)
        };
        if let Some(outcome) = known(&self.checks.lock().unwrap_or_else(PoisonError::into_inner)) {
            return outcome;
        }
        let outcome = check_signature(&self.outline()?, signer);
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        if known(&checks).is_none() {
            if checks.len() >= CHECKS_MAX {
                // Its signer is one; of the others any can be tried again.
                let other = checks.iter().position(|(_, outcome)| outcome.is_err());
                other.map(|place| checks.swap_remove(place));
            }
            if checks.len() < CHECKS_MAX {
                checks.push((key, outcome));
            }
        }
        outcome
    }

    fn find(&self, serial: &[u8]) -> Result<Option<RevokedEntry>, ListFault> {
        // No list has a serial number that is none.
        let Some(serial) = SerialNumber::new(serial) else {
            return Ok(None);
        };
        let entries = self.outline()?.entries;
        let found = self
            .places
            .binary_search_by(|place| entry::serial_at(entries, *place).cmp(&Some(serial)));
        match found.ok().and_then(|index| self.places.get(index)) {
            Some(place) => match entry::at(entries, *place) {
                Some((_, revoked)) => Ok(Some(revoked)),
                None => Err(ListFault::Unreadable),
            },
            None => Ok(None),
        }
    }

    fn fetched_at(&self) -> Option<Timestamp> {
        self.fetched_at
    }
}

/// Shows how much it holds: the list itself is about persons.
impl std::fmt::Debug for HeldList {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "HeldList({} entries)", self.header.entries)
    }
}
