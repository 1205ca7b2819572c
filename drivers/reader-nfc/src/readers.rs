//! The NFC readers that somebody configured: no port is looked at that nobody named, unless all are asked for.
//!
//! Not here: the link to a card (`link`).

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Instant;

use varco_card::{
    CardLink, CardPresence, LinkError, ReaderDriver, ReaderEvent, ReaderName, ReaderState, ReaderWatch,
};

use crate::crashes::Crashes;
use crate::link::{NfcLink, Place};
use crate::scan::serial_ports;

/// How long a card may take over one command where nobody says otherwise.
const COMMAND_TIMEOUT_DEFAULT: Duration = Duration::from_secs(10);
/// How often a watch looks into the fields: each look opens the port, and libnfc leaks a little at each opening.
const LOOK: Duration = Duration::from_secs(1);

/// NFC readers on ports that are named, driven by the executable that is named.
#[derive(Clone, Debug)]
pub struct NfcReaders {
    nfcd: PathBuf,
    connections: Vec<(String, Crashes)>,
    command_timeout: Duration,
}

/// A reader's name is its connection string behind this.
const KIND: &str = "nfc:";

impl NfcReaders {
    /// With the absolute path of `varco-nfcd` and connection strings of libnfc, such as `pn532_uart:/dev/ttyUSB0`.
    #[must_use]
    pub fn new(nfcd: PathBuf, connections: Vec<String>) -> Self {
        Self {
            nfcd,
            connections: connections
                .into_iter()
                .map(|connection| (connection, Crashes::default()))
                .collect(),
            command_timeout: COMMAND_TIMEOUT_DEFAULT,
        }
    }

    /// The same with another limit for one command, at most a minute; on expiry the card must be selected anew.
    #[must_use]
    pub fn with_command_timeout(self, command_timeout: Duration) -> Self {
        Self {
            command_timeout: command_timeout.clamp(Duration::from_millis(1), Duration::from_secs(60)),
            ..self
        }
    }

    /// The same with a PN532 on each serial port of this machine, for a look at what there is. Each is opened and spoken to:
    /// whatever else hangs there gets bytes that mean nothing to it.
    #[must_use]
    pub fn and_all_serial_ports(mut self) -> Self {
        for connection in serial_ports() {
            if self.connections.iter().all(|(known, _)| *known != connection) {
                self.connections.push((connection, Crashes::default()));
            }
        }
        self
    }

    /// Whether no reader is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// The absolute path of `varco-nfcd`.
    pub(crate) fn executable(&self) -> &Path {
        &self.nfcd
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.connections.iter().map(|(connection, crashes)| Place {
            name: ReaderName::new(&format!("{KIND}{connection}")),
            connection: connection.clone(),
            nfcd: self.nfcd.clone(),
            command_timeout: self.command_timeout,
            crashes: crashes.clone(),
        })
    }

    /// A reader that is not there is not listed.
    fn state(place: &Place) -> Result<Option<ReaderState>, LinkError> {
        match place.presence() {
            Ok(card) => Ok(Some(ReaderState {
                name: place.name.clone(),
                card,
            })),
            Err(LinkError::NoReader | LinkError::ReaderGone) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl ReaderDriver for NfcReaders {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        let mut all = Vec::new();
        let mut failed = None;
        for place in self.places() {
            match Self::state(&place) {
                Ok(state) => all.extend(state),
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        // A reader that fails hides no other.
        match failed {
            Some(error) if all.is_empty() => Err(error),
            _ => Ok(all),
        }
    }

    fn connect(&self, reader: &ReaderName, wait: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        let place = self.places().find(|place| place.name == *reader);
        let place = place.ok_or(LinkError::NoReader)?;
        let begun = Instant::now();
        loop {
            match NfcLink::connect(place.clone()) {
                Err(LinkError::ReaderHeld { .. }) if begun.elapsed() < wait => {
                    sleep(Duration::from_millis(100));
                }
                outcome => return Ok(Box::new(outcome?)),
            }
        }
    }

    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        Ok(Box::new(NfcWatch {
            readers: self.clone(),
            known: BTreeMap::new(),
            looked: None,
            pending: Vec::new(),
        }))
    }
}

/// Looks into the fields now and then.
struct NfcWatch {
    readers: NfcReaders,
    known: BTreeMap<ReaderName, CardPresence>,
    /// When it looked last.
    looked: Option<Instant>,
    /// The next event last.
    pending: Vec<ReaderEvent>,
}

impl NfcWatch {
    fn look(&mut self) -> Result<(), LinkError> {
        let states = self.readers.readers()?.into_iter();
        let now: BTreeMap<ReaderName, CardPresence> = states.map(|state| (state.name, state.card)).collect();
        let mut events = Vec::new();
        for name in self.known.keys().filter(|name| !now.contains_key(name)) {
            events.push(ReaderEvent::ReaderGone(name.clone()));
        }
        for (name, card) in &now {
            let before = self.known.get(name);
            if before.is_none() {
                events.push(ReaderEvent::ReaderAdded(name.clone()));
            }
            // Who holds the reader sees what happens there; it is looked again when he is done.
            if before == Some(card) || *card == CardPresence::InUse {
                continue;
            }
            if before.is_some_and(|before| *before != CardPresence::Absent) {
                events.push(ReaderEvent::CardRemoved(name.clone()));
            }
            match card {
                CardPresence::Absent | CardPresence::InUse => {}
                CardPresence::Present(atr) => {
                    events.push(ReaderEvent::CardInserted(name.clone(), atr.clone()));
                }
                CardPresence::Mute => events.push(ReaderEvent::CardMute(name.clone())),
            }
        }
        events.reverse();
        self.pending = events;
        let known = core::mem::take(&mut self.known);
        self.known = now
            .into_iter()
            .map(|(name, card)| match (card, known.get(&name)) {
                (CardPresence::InUse, Some(before)) => (name, before.clone()),
                (CardPresence::InUse, None) => (name, CardPresence::Absent),
                (card, _) => (name, card),
            })
            .collect();
        Ok(())
    }
}

impl ReaderWatch for NfcWatch {
    fn next(&mut self, wait: Duration) -> Result<Option<ReaderEvent>, LinkError> {
        let begun = Instant::now();
        loop {
            if let Some(event) = self.pending.pop() {
                return Ok(Some(event));
            }
            let rest = self
                .looked
                .map_or(Duration::ZERO, |looked| LOOK.saturating_sub(looked.elapsed()));
            let left = wait.saturating_sub(begun.elapsed());
            if rest > left {
                sleep(left);
                return Ok(None);
            }
            sleep(rest);
            self.look()?;
            self.looked = Some(Instant::now());
            if self.pending.is_empty() && begun.elapsed() >= wait {
                return Ok(None);
            }
        }
    }
}
