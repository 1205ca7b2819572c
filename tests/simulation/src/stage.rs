//! A world: a reader, the cards that can lie in it, processes of ours, and what is remembered of their steps.
//!
//! Not here: what a step is (`step`) and what must hold of it (`oracle`).

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use core::time::Duration;
use varco_card::{CardLink, Disposition, ExtendedLength, LinkError, ReaderDriver};
use varco_credential::{CardDriver, CardSecret};
use varco_roster::played::{PlayedReader, PlayedReaders};

use crate::card::{Card, Ears, Watched};
use crate::dice::Dice;
use crate::oracle::Blind;
use crate::process::Process;
use crate::tally::Tally;

/// What is shared by all that happens in a world. Everything in it stands behind a lock of its own, held for a moment: one
/// process's step can happen within another's.
pub(crate) struct Stage {
    readers: PlayedReaders,
    hand: PlayedReader,
    pub(crate) cards: Vec<Arc<Card>>,
    pub(crate) drivers: Vec<Box<dyn CardDriver>>,
    pub(crate) processes: Vec<Mutex<Process>>,
    pub(crate) ears: Arc<Ears>,
    inside: Mutex<Option<usize>>,
    /// The face's markers of this insertion, by secret: a value may have been sent blindly.
    pub(crate) markers: [AtomicBool; CardSecret::ALL.len()],
    /// Seconds that passed while people typed.
    pub(crate) waited_s: AtomicI64,
    /// Values sent blindly in this step, and how many since one was accepted, in which insertion.
    pub(crate) blind: Mutex<Vec<Blind>>,
    pub(crate) since: Mutex<Vec<Blind>>,
    kept: Mutex<Option<Box<dyn CardLink>>>,
    dice: Mutex<Dice>,
    tally: Mutex<Tally>,
    /// How many steps a failure tells.
    steps_told: usize,
    told: Mutex<VecDeque<String>>,
    failure: Mutex<Option<String>>,
}

impl Stage {
    pub(crate) fn new(
        cards: Vec<Arc<Card>>,
        ears: Arc<Ears>,
        mut dice: Dice,
        steps_told: usize,
    ) -> Arc<Self> {
        let mut readers = PlayedReaders::new();
        let hand = readers.add("reader", ExtendedLength::Supported);
        let processes = (0..3).map(|_| Mutex::new(Process::new(&mut dice))).collect();
        let stage = Self {
            readers,
            hand,
            cards,
            drivers: varco_roster::card_drivers(),
            processes,
            ears,
            inside: Mutex::new(None),
            markers: Default::default(),
            waited_s: AtomicI64::new(0),
            blind: Mutex::default(),
            since: Mutex::default(),
            kept: Mutex::new(None),
            dice: Mutex::new(dice),
            tally: Mutex::default(),
            steps_told,
            told: Mutex::default(),
            failure: Mutex::default(),
        };
        stage.put_in(0);
        Arc::new(stage)
    }

    /// The marker of a secret.
    pub(crate) fn marker(&self, secret: CardSecret) -> &AtomicBool {
        let number = CardSecret::ALL.iter().position(|one| *one == secret);
        &self.markers[number.unwrap()]
    }

    pub(crate) fn dice<T>(&self, throw: impl FnOnce(&mut Dice) -> T) -> T {
        throw(&mut self.dice.lock().unwrap())
    }

    pub(crate) fn tally(&self, count: impl FnOnce(&mut Tally)) {
        count(&mut self.tally.lock().unwrap());
    }

    pub(crate) fn take_tally(&self) -> Tally {
        std::mem::take(&mut self.tally.lock().unwrap())
    }

    /// A link of whoever asks.
    pub(crate) fn connect(&self) -> Result<Box<dyn CardLink>, LinkError> {
        self.readers.connect(self.hand.name(), Duration::ZERO)
    }

    pub(crate) fn card_inside(&self) -> Option<Arc<Card>> {
        let number = (*self.inside.lock().unwrap())?;
        Some(Arc::clone(&self.cards[number]))
    }

    pub(crate) fn insertion(&self) -> u64 {
        self.ears.insertion.load(Ordering::SeqCst)
    }

    fn put_in(&self, number: usize) {
        self.ears.insertion.fetch_add(1, Ordering::SeqCst);
        for marker in &self.markers {
            marker.store(false, Ordering::SeqCst);
        }
        *self.inside.lock().unwrap() = Some(number);
        self.hand.insert(Box::new(Watched::new(&self.cards[number])));
    }

    pub(crate) fn take_out(&self) {
        *self.inside.lock().unwrap() = None;
        drop(self.hand.remove());
    }

    /// Out, and the same one in again.
    pub(crate) fn put_in_again(&self) {
        let number = self.inside.lock().unwrap().unwrap_or(0);
        self.take_out();
        self.put_in(number);
    }

    /// Out, and the next of its kind in.
    pub(crate) fn exchange(&self) {
        let number = self.inside.lock().unwrap().map_or(0, |number| number + 1);
        self.take_out();
        self.put_in(number % self.cards.len());
    }

    /// Keeps another program's hold of the card until the step is over.
    pub(crate) fn keep(&self, link: Box<dyn CardLink>) {
        *self.kept.lock().unwrap() = Some(link);
    }

    pub(crate) fn let_go(&self) {
        let kept = self.kept.lock().unwrap().take();
        if let Some(mut link) = kept {
            let _ = link.end(Disposition::Leave);
            let _ = link.close(Disposition::Leave);
        }
    }

    /// Lets all links go, which hold the world as it holds them.
    pub(crate) fn end(&self) {
        self.let_go();
        for process in &self.processes {
            process.lock().unwrap().session = None;
        }
    }

    pub(crate) fn tell(&self, words: String) {
        let mut told = self.told.lock().unwrap();
        if told.len() == self.steps_told {
            told.pop_front();
        }
        told.push_back(words);
    }

    /// What must hold does not. The first one counts.
    pub(crate) fn fail(&self, words: String) {
        self.failure.lock().unwrap().get_or_insert(words);
    }

    /// What failed, and the steps that led there.
    pub(crate) fn failure(&self) -> Option<String> {
        let failure = self.failure.lock().unwrap().clone()?;
        let mut text = failure;
        for card in &self.cards {
            text += &format!("\n  card {}: {}", card.number, card.about.make);
        }
        for told in self.told.lock().unwrap().iter() {
            text += &format!("\n  {told}");
        }
        Some(text)
    }
}
