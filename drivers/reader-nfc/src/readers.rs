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

use crate::connection::Connection;
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
    named: Vec<Named>,
    command_timeout: Duration,
}

/// A reader that somebody named, or a port that one is sought on.
#[derive(Clone, Debug)]
struct Named {
    connection: Connection,
    crashes: Crashes,
    /// Nobody says that there is a reader: it is told only where there is one.
    is_sought: bool,
}

/// A reader's name is its connection string behind this.
const KIND: &str = "nfc:";

impl NfcReaders {
    /// With the absolute path of `varco-nfcd` and the readers' connection strings.
    #[must_use]
    pub fn new(nfcd: PathBuf, connections: Vec<Connection>) -> Self {
        let named = connections.into_iter().map(|connection| Named {
            connection,
            crashes: Crashes::default(),
            is_sought: false,
        });
        Self {
            nfcd,
            named: named.collect(),
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
    pub fn with_all_serial_ports(mut self) -> Self {
        for connection in serial_ports() {
            if self.named.iter().all(|known| known.connection != connection) {
                self.named.push(Named {
                    connection,
                    crashes: Crashes::default(),
                    is_sought: true,
                });
            }
        }
        self
    }

    /// Whether no reader is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// The absolute path of `varco-nfcd`.
    pub(crate) fn executable(&self) -> &Path {
        &self.nfcd
    }

    fn place(&self, named: &Named) -> Place {
        Place {
            name: ReaderName::new(&format!("{KIND}{}", named.connection)),
            connection: named.connection.clone(),
            nfcd: self.nfcd.clone(),
            command_timeout: self.command_timeout,
            crashes: named.crashes.clone(),
        }
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.named.iter().map(|named| self.place(named))
    }

    /// Every reader that is there. One that cannot be asked is told with the reason: what lies in it could be what is meant.
    fn states(&self, presence: impl Fn(&Place) -> Result<CardPresence, LinkError>) -> Vec<ReaderState> {
        let state = |named: &Named| {
            let place = self.place(named);
            let card = match presence(&place) {
                Ok(card) => card,
                Err(error) if named.is_sought && error != LinkError::DriverAbsent => return None,
                // The port is not there; or, where there is no port to look at, libnfc finds no reader.
                Err(LinkError::NoReader | LinkError::ReaderGone)
                    if named.connection.is_port_there() != Some(true) =>
                {
                    return None;
                }
                Err(error) => CardPresence::Unknown(error),
            };
            Some(ReaderState {
                name: place.name,
                card,
            })
        };
        self.named.iter().filter_map(state).collect()
    }
}

impl ReaderDriver for NfcReaders {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        Ok(self.states(|place| {
            place.crashes.rest();
            place.presence()
        }))
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
    known: BTreeMap<ReaderName, Known>,
    /// When it looked last.
    looked: Option<Instant>,
    /// The next event last.
    pending: Vec<ReaderEvent>,
}

/// What is known of a reader.
struct Known {
    card: CardPresence,
    /// How often it could not be asked since.
    failures: u32,
}

/// One failure is looked at again before it is told: a card that lay there all the time is not put in anew.
const FAILURES_MAX: u32 = 1;

impl NfcWatch {
    fn look(&mut self) {
        let states = self.readers.states(|place| {
            // Not waited for: others are to be looked at.
            if place.crashes.left().is_zero() {
                place.presence()
            } else {
                Err(LinkError::DriverCrashed)
            }
        });
        let now: BTreeMap<ReaderName, CardPresence> =
            states.into_iter().map(|state| (state.name, state.card)).collect();
        let mut events = Vec::new();
        self.known.retain(|name, known| {
            let is_there = match now.get(name) {
                Some(CardPresence::Unknown(LinkError::ReaderHeld { .. })) => true,
                Some(CardPresence::Unknown(_)) => {
                    known.failures += 1;
                    known.failures <= FAILURES_MAX
                }
                Some(_) => {
                    known.failures = 0;
                    true
                }
                None => false,
            };
            if !is_there {
                events.push(ReaderEvent::ReaderGone(name.clone()));
            }
            is_there
        });
        for (name, card) in now {
            self.compare(name, card, &mut events);
        }
        events.reverse();
        self.pending = events;
    }

    fn compare(&mut self, name: ReaderName, card: CardPresence, events: &mut Vec<ReaderEvent>) {
        // Who holds a reader sees what happens there, and of one that fails nobody does.
        if let CardPresence::Unknown(error) = &card
            && (self.known.contains_key(&name) || !matches!(error, LinkError::ReaderHeld { .. }))
        {
            return;
        }
        let known = self.known.entry(name.clone()).or_insert_with(|| {
            events.push(ReaderEvent::ReaderAdded(name.clone()));
            Known {
                card: CardPresence::Absent,
                failures: 0,
            }
        });
        if known.card == card || matches!(card, CardPresence::Unknown(_)) {
            return;
        }
        if known.card != CardPresence::Absent {
            events.push(ReaderEvent::CardRemoved(name.clone()));
        }
        match &card {
            CardPresence::Absent | CardPresence::Unknown(_) => {}
            CardPresence::Present(atr) => events.push(ReaderEvent::CardInserted(name, atr.clone())),
            CardPresence::Mute => events.push(ReaderEvent::CardMute(name)),
        }
        known.card = card;
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
            self.look();
            self.looked = Some(Instant::now());
            if self.pending.is_empty() && begun.elapsed() >= wait {
                return Ok(None);
            }
        }
    }
}
