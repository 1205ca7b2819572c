//! Readers for played cards in this process: no socket, no sleep, no PC/SC service.
//!
//! They behave as shared PC/SC readers do: one program at a time holds the card, a reset by one is noticed by
//! the others, a card that is pulled out is gone at once. Faults are armed by [`PlayedReader::add_fault`]; time is counted
//! ([`PlayedReader::clock`]), and nobody waits.
//!
//! Not here: cards (`virtual-*`), readers for other programs (`virtual-vpcd`).

mod exact;
mod folder;
mod link;
mod profile;
mod slot;

use core::time::Duration;
use std::sync::Arc;

use varco_card::{
    CardLink, CardPresence, ExtendedLength, LinkError, ReaderDriver, ReaderEvent, ReaderName, ReaderState,
    ReaderWatch,
};
use varco_emulator::PlayedCard;

pub use exact::{ExactReaders, ExactTrace};
use link::PlayedLink;
pub use profile::Profile;
pub use slot::PlayedReader;
use slot::{Bell, Slot};

/// Some readers for played cards.
#[derive(Clone, Default)]
pub struct PlayedReaders {
    readers: Vec<PlayedReader>,
    bell: Arc<Bell>,
}

impl PlayedReaders {
    /// No reader.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an empty reader and gives its handle.
    pub fn add(&mut self, name: &str, extended_length: ExtendedLength) -> PlayedReader {
        let reader = PlayedReader::new(Arc::new(Slot::new(
            ReaderName::new(name),
            extended_length,
            Arc::clone(&self.bell),
        )));
        self.readers.push(reader.clone());
        reader
    }

    /// One reader that announces extended length, with this card in it.
    #[must_use]
    pub fn with_card(name: &str, card: Box<dyn PlayedCard>) -> (Self, PlayedReader) {
        let mut readers = Self::new();
        let reader = readers.add(name, ExtendedLength::Supported);
        reader.insert(card);
        (readers, reader)
    }

    fn find(&self, name: &ReaderName) -> Result<&PlayedReader, LinkError> {
        self.readers
            .iter()
            .find(|reader| reader.name() == name && !reader.is_gone())
            .ok_or(LinkError::NoReader)
    }
}

impl ReaderDriver for PlayedReaders {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        let there = self.readers.iter().filter(|reader| !reader.is_gone());
        Ok(there.map(PlayedReader::state).collect())
    }

    fn connect(&self, reader: &ReaderName, _wait: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        Ok(Box::new(PlayedLink::connect(self.find(reader)?)?))
    }

    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        let known = self
            .readers
            .iter()
            .map(|r| {
                let state = ReaderState {
                    name: r.name().clone(),
                    card: CardPresence::Absent,
                };
                Known {
                    generation: 0,
                    state,
                    is_gone: false,
                }
            })
            .collect();
        Ok(Box::new(PlayedWatch {
            readers: self.readers.clone(),
            bell: Arc::clone(&self.bell),
            known,
        }))
    }
}

/// Tells what changed since it last looked; at first, what is there.
struct PlayedWatch {
    readers: Vec<PlayedReader>,
    bell: Arc<Bell>,
    known: Vec<Known>,
}

/// What was told of a reader last.
struct Known {
    generation: u64,
    state: ReaderState,
    is_gone: bool,
}

impl PlayedWatch {
    fn difference(&mut self) -> Option<ReaderEvent> {
        for (reader, known) in self.readers.iter().zip(&mut self.known) {
            let (generation, now) = reader.generation_and_state();
            let is_gone = reader.is_gone();
            if (generation, is_gone) == (known.generation, known.is_gone) {
                continue;
            }
            // A card that was exchanged unseen is a removal first.
            if known.state.card != CardPresence::Absent {
                known.state.card = CardPresence::Absent;
                return Some(ReaderEvent::CardRemoved(now.name));
            }
            if core::mem::replace(&mut known.is_gone, is_gone) != is_gone {
                return Some(match is_gone {
                    true => ReaderEvent::ReaderGone(now.name),
                    false => ReaderEvent::ReaderAdded(now.name),
                });
            }
            known.generation = generation;
            known.state.card = now.card.clone();
            if let CardPresence::Present(atr) = now.card {
                return Some(ReaderEvent::CardInserted(now.name, atr));
            }
        }
        None
    }
}

impl ReaderWatch for PlayedWatch {
    fn next(&mut self, wait: Duration) -> Result<Option<ReaderEvent>, LinkError> {
        let heard = self.bell.rings();
        if let Some(event) = self.difference() {
            return Ok(Some(event));
        }
        self.bell.wait(heard, wait);
        Ok(self.difference())
    }
}
