//! The bench of a journey: a reader, one or two cards, the clock, the faults that are due.
//!
//! Not here: what is done there (`act`), and what must hold of it (`oracle`).

use core::time::Duration;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use varco_apdu::ins;
use varco_card::{
    CardLink, CardPresence, Disposition, ExtendedLength, Interruption, LinkError, ReaderDriver,
};
use varco_pki::Timestamp;
use varco_roster::played::{PlayedReader, PlayedReaders};

use varco_emulator::fault::Fired;

use super::fault::{Event, Fault, Own, Place, What};
use super::witness::{Card, Ears, Heard, Watched};

/// What is shared by all that happens in a journey. Everything stands behind a lock of its own, held for a moment.
pub(crate) struct Bench {
    readers: PlayedReaders,
    hand: PlayedReader,
    pub(crate) cards: Vec<Arc<Card>>,
    pub(crate) ears: Arc<Ears>,
    inside: Mutex<Option<usize>>,
    due: Mutex<Vec<Due>>,
    held: Mutex<Option<Box<dyn CardLink>>>,
    stop: Mutex<Option<Interruption>>,
    /// What struck in this act, besides the catalogue.
    struck: Mutex<Vec<What>>,
    /// How many faults of the catalogue had fired before this act.
    fired_before: Mutex<usize>,
    /// Commands that were sent in this act, whether or not a card heard them.
    sent: AtomicUsize,
}

/// A fault, and how often its place was passed.
struct Due {
    fault: Own,
    passed: u32,
}

impl Due {
    /// Takes note that its place is passed; whether it is due now.
    fn pass(&mut self) -> bool {
        self.passed += 1;
        self.passed == self.fault.nth
    }
}

impl Bench {
    pub(crate) fn new(
        cards: Vec<Arc<Card>>,
        ears: Arc<Ears>,
        faults: &[Fault],
        length: ExtendedLength,
    ) -> Self {
        let mut readers = PlayedReaders::new();
        let hand = readers.add("reader", length);
        let due = faults.iter().filter_map(|fault| match *fault {
            Fault::Own(fault) => Some(Due { fault, passed: 0 }),
            Fault::Plan(_) => None,
        });
        let bench = Self {
            readers,
            hand,
            cards,
            ears,
            inside: Mutex::default(),
            due: Mutex::new(due.collect()),
            held: Mutex::default(),
            stop: Mutex::default(),
            struck: Mutex::default(),
            fired_before: Mutex::default(),
            sent: AtomicUsize::new(0),
        };
        bench.put_in(0);
        for fault in faults {
            if let Fault::Plan(plan) = fault {
                // What cannot happen to this card does not.
                let _ = bench.hand.add_fault(*plan);
            }
        }
        bench
    }

    pub(crate) fn connect(&self) -> Result<Box<dyn CardLink>, LinkError> {
        self.readers.connect(self.hand.name(), Duration::ZERO)
    }

    pub(crate) fn insertion(&self) -> u64 {
        self.ears.insertion.load(Ordering::SeqCst)
    }

    /// The card that lies there.
    pub(crate) fn card_inside(&self) -> Option<&Arc<Card>> {
        let number = (*self.inside.lock().unwrap())?;
        let is_there = self.readers.readers().is_ok_and(|readers| {
            let mut readers = readers.iter();
            readers.any(|reader| matches!(reader.card, CardPresence::Present(_)))
        });
        if !is_there {
            return None;
        }
        self.cards.get(number)
    }

    pub(crate) fn put_in(&self, number: usize) {
        let number = number % self.cards.len();
        self.ears.insertion.fetch_add(1, Ordering::SeqCst);
        *self.inside.lock().unwrap() = Some(number);
        self.hand.insert(Box::new(Watched::new(&self.cards[number])));
    }

    fn take_out(&self) -> usize {
        let number = self.inside.lock().unwrap().take();
        drop(self.hand.remove());
        number.unwrap_or(0)
    }

    /// The journey comes to this place: what is due there happens.
    pub(crate) fn pass(&self, place: Place) {
        let due: Vec<Event> = {
            let mut all = self.due.lock().unwrap();
            let here = all.iter_mut().filter_map(|due| {
                let what = due.fault.what;
                match what {
                    What::At(at, event) if at == place && due.pass() => Some(event),
                    _ => None,
                }
            });
            here.collect()
        };
        for event in due {
            self.struck.lock().unwrap().push(What::At(place, event));
            self.happen(event);
        }
    }

    /// Whether the answer to such a command is the one before.
    pub(crate) fn is_answer_old(&self, instruction: u8) -> bool {
        self.is_due(|what| matches!(what, What::OldAnswer(command) if command.fits(instruction)))
    }

    /// Whether the card cannot be reset now.
    pub(crate) fn reset_fails(&self) -> bool {
        self.is_due(|what| what == What::ResetFails)
    }

    fn is_due(&self, is_it: impl Fn(What) -> bool) -> bool {
        let mut all = self.due.lock().unwrap();
        let mut is_due = false;
        for due in all.iter_mut() {
            if is_it(due.fault.what) && due.pass() {
                self.struck.lock().unwrap().push(due.fault.what);
                is_due = true;
            }
        }
        is_due
    }

    /// Takes note that a command is sent.
    pub(crate) fn send(&self) {
        self.sent.fetch_add(1, Ordering::SeqCst);
    }

    /// How many were, in this act.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// The time: what exchanges took and how far faults moved the clock, in seconds.
    pub(crate) fn reader_time(&self) -> (Duration, i64) {
        (self.hand.clock(), self.hand.clock_jump_s())
    }

    /// The time, for the code under test.
    pub(crate) fn now(&self) -> Timestamp {
        let (took, jumped_s) = self.reader_time();
        self.ears.clock.say(took, jumped_s)
    }

    fn happen(&self, event: Event) {
        match event {
            Event::Out => drop(self.take_out()),
            Event::OutAndIn => {
                let number = self.take_out();
                self.put_in(number);
            }
            Event::Swap => {
                let number = self.take_out();
                self.put_in(number + 1);
            }
            Event::Reset => self.by_another(Disposition::Reset, |_| {}),
            Event::WrongPin => self.by_another(Disposition::Leave, |link| self.verify(link, false)),
            Event::RightPin => self.by_another(Disposition::Leave, |link| self.verify(link, true)),
            Event::Hold => {
                let Ok(mut link) = self.connect() else { return };
                if link.begin(Duration::ZERO).is_ok() {
                    *self.held.lock().unwrap() = Some(link);
                } else {
                    let _ = link.close(Disposition::Leave);
                }
            }
            Event::Clock(seconds) => self.ears.clock.move_by(seconds),
            Event::Cancel => self.stop(Interruption::Cancelled),
            Event::Deadline => self.stop(Interruption::DeadlinePassed),
            Event::Abandon => self.stop(Interruption::Abandoned),
        }
    }

    fn stop(&self, why: Interruption) {
        self.stop.lock().unwrap().get_or_insert(why);
    }

    /// Why the journey is ended from this side, if it is.
    pub(crate) fn stopped(&self) -> Option<Interruption> {
        *self.stop.lock().unwrap()
    }

    /// Another program takes the card, if it can be had.
    fn by_another(&self, disposition: Disposition, work: impl FnOnce(&mut dyn CardLink)) {
        let Ok(mut link) = self.connect() else { return };
        if link.begin(Duration::ZERO).is_ok() {
            let before = self.ears.is_other.swap(true, Ordering::SeqCst);
            work(&mut *link);
            self.ears.is_other.store(before, Ordering::SeqCst);
            let _ = link.end(disposition);
        }
        let _ = link.close(Disposition::Leave);
    }

    /// VERIFY by another program. To an identity card it speaks through a channel of its own, of which its counter is what
    /// comes: the card is reset.
    fn verify(&self, link: &mut dyn CardLink, is_right: bool) {
        let Some(card) = self.card_inside() else { return };
        let mut left = card.tries();
        if card.about.is_document {
            left.pin = match left.pin {
                0 => 0,
                _ if is_right => card.about.pin_tries,
                left => left - 1,
            };
            card.set_tries(left);
            return;
        }
        let mut value = card.block(false);
        if !is_right {
            value[0] = if value[0] == b'9' { b'0' } else { value[0] + 1 };
        }
        let p2 = card.about.pin | card.about.search;
        let _ = link.transmit(&[&[0x00, ins::VERIFY, 0x00, p2, 0x08][..], &value].concat());
    }

    /// Another act begins: with a card, whatever became of it and of the reader.
    pub(crate) fn begin_act(&self) {
        *self.stop.lock().unwrap() = None;
        self.struck.lock().unwrap().clear();
        self.sent.store(0, Ordering::SeqCst);
        self.pass(Place::Rest);
        if self.readers.readers().is_ok_and(|readers| readers.is_empty()) {
            self.hand.clear_faults();
        }
        if self.card_inside().is_none() {
            let number = self.take_out();
            self.put_in(number);
        }
        *self.fired_before.lock().unwrap() = self.hand.fired().len();
        self.take_heard();
        self.ears.clock.take_said();
    }

    /// It is over: others let go of the card.
    pub(crate) fn end_act(&self) {
        if let Some(mut link) = self.held.lock().unwrap().take() {
            let _ = link.end(Disposition::Leave);
            let _ = link.close(Disposition::Leave);
        }
    }

    /// The faults of the catalogue that fired in this act.
    pub(crate) fn fired(&self) -> Vec<Fired> {
        let before = *self.fired_before.lock().unwrap();
        self.hand.fired().into_iter().skip(before).collect()
    }

    /// What struck in this act besides.
    pub(crate) fn struck(&self) -> Vec<What> {
        self.struck.lock().unwrap().clone()
    }

    /// All that any card heard since the last time, in its order.
    pub(crate) fn take_heard(&self) -> Vec<Heard> {
        let mut heard: Vec<Heard> = self.cards.iter().flat_map(|card| card.take_heard()).collect();
        heard.sort_by_key(|heard| heard.number);
        heard
    }

    /// The cards, for the pool.
    pub(crate) fn into_cards(self) -> Vec<Arc<Card>> {
        self.end_act();
        self.hand.clear_faults();
        self.take_out();
        self.cards
    }
}
