//! The bench of a journey: a reader, one or two cards, the clock, the faults that are due.
//!
//! Not here: what is done there (`act`), and what must hold of it (`oracle`).

use core::time::Duration;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    /// Why the journey is to end from this side, and by what; once it is told, the latter has struck.
    stop: Mutex<Option<(Interruption, Option<What>)>>,
    /// What struck in this act, besides the catalogue, each with the number that the next command to a card had then.
    struck: Mutex<Vec<(u64, What)>>,
    /// The same of the catalogue, and the exchange of the last that was taken note of.
    fired: Mutex<Vec<(u64, Fired)>>,
    fired_until: AtomicU64,
    has_plans: bool,
    /// Commands that were sent in this act, whether or not a card heard them.
    sent: AtomicUsize,
    /// Calls of the link in this act, of any kind.
    calls: AtomicUsize,
    /// How often in this act the link could not reset a card that kept its power.
    resets_failed: AtomicUsize,
    /// The number of the first command that this act may have sent to a card.
    from: AtomicU64,
}

/// What a journey panics with that does not end: it goes past whatever the code under test catches of its own.
pub(crate) struct Endless(pub(crate) &'static str);

/// Ends the act at once.
pub(crate) fn endless(what: &'static str) {
    // One that is ending already only has to get no further.
    if !std::thread::panicking() {
        std::panic::resume_unwind(Box::new(Endless(what)));
    }
}

/// The most exchanges of an act: what its transactions, and the calls of whoever keeps the card, may each have.
const EXCHANGES_MAX: usize = 2_000 * 12;
/// The most calls of the link besides.
const CALLS_MAX: usize = 2 * EXCHANGES_MAX;

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
            fired: Mutex::default(),
            fired_until: AtomicU64::default(),
            has_plans: faults.iter().any(|fault| matches!(fault, Fault::Plan(_))),
            sent: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            resets_failed: AtomicUsize::new(0),
            from: AtomicU64::default(),
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

    /// The number of the card that lay there last, and whether it still did.
    fn take_out(&self) -> (usize, bool) {
        let number = self.inside.lock().unwrap().take();
        let was_there = self.hand.remove().is_some();
        (number.unwrap_or(0), was_there && number.is_some())
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
            if let Some(event) = self.happen(place, event) {
                self.strike(What::At(place, event));
            }
        }
    }

    /// Takes note that something struck.
    pub(crate) fn strike(&self, what: What) {
        let number = self.ears.next_number();
        self.struck.lock().unwrap().push((number, what));
    }

    /// What has the answer to such a command be the one before.
    pub(crate) fn old_answer(&self, instruction: u8) -> Option<What> {
        self.due(|what| matches!(what, What::OldAnswer(command) if command.fits(instruction)))
    }

    /// Whether the card cannot be reset now.
    pub(crate) fn reset_fails(&self) -> bool {
        let due = self.due(|what| what == What::ResetFails);
        due.map(|what| self.strike(what)).is_some()
    }

    fn due(&self, is_it: impl Fn(What) -> bool) -> Option<What> {
        let mut all = self.due.lock().unwrap();
        let mut is_due = None;
        for due in all.iter_mut() {
            if is_it(due.fault.what) && due.pass() {
                is_due = Some(due.fault.what);
            }
        }
        is_due
    }

    /// Takes note that the link is called; beyond the bound the act ends there.
    pub(crate) fn call(&self) {
        if self.calls.fetch_add(1, Ordering::SeqCst) > CALLS_MAX {
            endless("too many calls of the link");
        }
    }

    /// Takes note that a command is sent.
    pub(crate) fn send(&self) {
        if self.sent.fetch_add(1, Ordering::SeqCst) > EXCHANGES_MAX {
            endless("too many exchanges");
        }
    }

    /// Takes note of what a reset came to.
    pub(crate) fn note_reset(&self, outcome: &Result<(), LinkError>) {
        let has_power = |error: &LinkError| !matches!(error, LinkError::CardRemoved | LinkError::ReaderGone);
        if outcome.as_ref().is_err_and(has_power) {
            self.resets_failed.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Whether a card that kept its power could not be reset in this act.
    pub(crate) fn has_reset_failed(&self) -> bool {
        self.resets_failed.load(Ordering::SeqCst) > 0
    }

    /// Takes note of what of the catalogue fired since.
    pub(crate) fn note_fired(&self) {
        if !self.has_plans {
            return;
        }
        let until = self.fired_until.load(Ordering::SeqCst);
        let number = self.ears.next_number();
        let fired = self
            .hand
            .fired()
            .into_iter()
            .filter(|fired| fired.exchange > until);
        let mut all = self.fired.lock().unwrap();
        for fired in fired {
            self.fired_until.fetch_max(fired.exchange, Ordering::SeqCst);
            all.push((number, fired));
        }
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
        self.ears.clock.say(took, jumped_s, self.ears.next_number())
    }

    /// Does it, and tells what happened; nothing where it had no effect.
    fn happen(&self, place: Place, event: Event) -> Option<Event> {
        let is_done = match event {
            Event::Out => self.take_out().1,
            Event::OutAndIn | Event::Swap => {
                let (number, was_there) = self.take_out();
                let is_swapped = event == Event::Swap && self.cards.len() > 1;
                self.put_in(number + usize::from(is_swapped));
                if event == Event::Swap && !is_swapped {
                    return was_there.then_some(Event::OutAndIn);
                }
                was_there || is_swapped
            }
            Event::Reset => self.by_another(Disposition::Reset, |_| {}),
            Event::WrongPin => self.by_another(Disposition::Leave, |link| self.verify(link, false)),
            Event::RightPin => self.by_another(Disposition::Leave, |link| self.verify(link, true)),
            Event::Hold => {
                let mut link = self.connect().ok()?;
                let is_had = link.begin(Duration::ZERO).is_ok();
                if is_had {
                    self.note_left();
                    *self.held.lock().unwrap() = Some(link);
                } else {
                    let _ = link.close(Disposition::Leave);
                }
                is_had
            }
            Event::Clock(seconds) => {
                self.ears.clock.move_by(seconds);
                true
            }
            // It strikes when somebody is told of it.
            Event::Cancel => return self.stop(Interruption::Cancelled, What::At(place, event)),
            Event::Deadline => return self.stop(Interruption::DeadlinePassed, What::At(place, event)),
            Event::Abandon => return self.stop(Interruption::Abandoned, What::At(place, event)),
        };
        is_done.then_some(event)
    }

    fn stop(&self, why: Interruption, by: What) -> Option<Event> {
        self.stop.lock().unwrap().get_or_insert((why, Some(by)));
        None
    }

    /// Why the journey is ended from this side, if it is.
    pub(crate) fn stopped(&self) -> Option<Interruption> {
        let (why, by) = {
            let mut stop = self.stop.lock().unwrap();
            let (why, by) = stop.as_mut()?;
            (*why, by.take())
        };
        if let Some(by) = by {
            self.strike(by);
        }
        Some(why)
    }

    /// Another program takes the card, if it can be had.
    fn by_another(&self, disposition: Disposition, work: impl FnOnce(&mut dyn CardLink)) -> bool {
        let Ok(mut link) = self.connect() else {
            return false;
        };
        let is_had = link.begin(Duration::ZERO).is_ok();
        if is_had {
            self.note_left();
            let before = self.ears.is_other.swap(true, Ordering::SeqCst);
            work(&mut *link);
            self.ears.is_other.store(before, Ordering::SeqCst);
            let _ = link.end(disposition);
            self.note_fired();
        }
        let _ = link.close(Disposition::Leave);
        is_had
    }

    /// Another program has the card: nothing of ours may be verified on it, unless a reset failed.
    fn note_left(&self) {
        let from = self.from.load(Ordering::SeqCst);
        let brought = self.card_inside().and_then(|card| card.brought_by_us());
        if brought.is_some_and(|number| number >= from) && !self.has_reset_failed() {
            self.ears.was_left.store(true, Ordering::SeqCst);
        }
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
        self.calls.store(0, Ordering::SeqCst);
        self.note_fired();
        self.fired.lock().unwrap().clear();
        self.pass(Place::Rest);
        // What a reset that failed has left is the act's before, in which it was told.
        self.resets_failed.store(0, Ordering::SeqCst);
        self.from.store(self.ears.next_number(), Ordering::SeqCst);
        if self.readers.readers().is_ok_and(|readers| readers.is_empty()) {
            self.hand.clear_faults();
            self.fired_until.store(0, Ordering::SeqCst);
        }
        if self.card_inside().is_none() {
            let (number, _) = self.take_out();
            self.put_in(number);
        }
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
    pub(crate) fn fired(&self) -> Vec<(u64, Fired)> {
        self.note_fired();
        self.fired.lock().unwrap().clone()
    }

    /// What struck in this act besides.
    pub(crate) fn struck(&self) -> Vec<(u64, What)> {
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
        let _ = self.take_out();
        self.cards
    }
}
