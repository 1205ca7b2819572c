//! Played readers whose watch tells late, tells nothing for a while, or tells what a test says: what happens between a login and
//! whoever hears of its card.
//!
//! Not here: what is claimed about it (`tests/logged_in_races`).

use core::time::Duration;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;

use varco::played::{PlayedReader, PlayedReaders};
use varco::steps::{CardLink, LinkError, ReaderDriver, ReaderEvent, ReaderName, ReaderState, ReaderWatch};
use varco_card::ExtendedLength;

use crate::identity;

/// How long a watch that tells nothing sleeps.
const NAP: Duration = Duration::from_millis(20);

/// A reader, and what its watch tells.
#[derive(Clone)]
pub struct Told {
    readers: PlayedReaders,
    /// Told before anything else.
    told: Arc<Mutex<VecDeque<ReaderEvent>>>,
    is_blind: Arc<AtomicBool>,
}

impl Told {
    /// A reader with this card in it, and the hand at it.
    #[must_use]
    pub fn with(profile: &str) -> (Self, PlayedReader) {
        let mut readers = PlayedReaders::new();
        let hand = readers.add("played", ExtendedLength::Supported);
        hand.insert(identity::card(profile));
        let told = Self {
            readers,
            told: Arc::default(),
            is_blind: Arc::default(),
        };
        (told, hand)
    }

    /// Has the watch see nothing, or see again.
    pub fn set_blind(&self, is_blind: bool) {
        self.is_blind.store(is_blind, Ordering::SeqCst);
    }

    /// Has the watch tell this.
    pub fn tell(&self, event: ReaderEvent) {
        self.told.lock().unwrap().push_back(event);
    }
}

impl ReaderDriver for Told {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        self.readers.readers()
    }

    fn connect(&self, reader: &ReaderName, wait: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        self.readers.connect(reader, wait)
    }

    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        Ok(Box::new(Watch {
            watch: self.readers.watch()?,
            told: self.clone(),
        }))
    }
}

struct Watch {
    watch: Box<dyn ReaderWatch>,
    told: Told,
}

impl ReaderWatch for Watch {
    fn next(&mut self, wait: Duration) -> Result<Option<ReaderEvent>, LinkError> {
        if let Some(event) = self.told.told.lock().unwrap().pop_front() {
            return Ok(Some(event));
        }
        if self.told.is_blind.load(Ordering::SeqCst) {
            sleep(NAP);
            return Ok(None);
        }
        self.watch.next(wait.min(NAP))
    }
}
