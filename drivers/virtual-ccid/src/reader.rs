//! The dialogue between a host and the reader on its line, in real time.
//!
//! Not here: messages (`machine`), frames (`frame`), and who takes the card away (`control`).

use core::time::Duration;
use std::io::{PipeReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use varco_emulator::{PlayedCard, SlotEvent};
use zeroize::Zeroizing;

use crate::control::Shared;
use crate::frame::{Line, NAK, Said, TIME_REQUEST, frame};
use crate::link::is_contactless;
use crate::machine::{Asking, Done, InSlot, Machine, Step};
use crate::message::{Message, echo};
use crate::port::Port;
use crate::{CcidError, Entry, Model, ReaderControl};

/// How long to wait where nothing is expected: the bell wakes.
const IDLE: Duration = Duration::from_secs(3_600);
/// A frame whose bytes stop for so long is given up.
const GAP_MAX: Duration = Duration::from_secs(1);
/// How often the host hears that an answer takes time yet: its patience is three seconds at least.
const EXTENSION_INTERVAL: Duration = Duration::from_secs(1);
/// What the system may keep us from for a moment: not faster than this.
const RETRY: Duration = Duration::from_millis(5);

type Observe<'o> = dyn FnMut(SlotEvent) + 'o;

/// A reader on a pseudo-terminal, and the card in it.
pub struct Reader {
    shared: Arc<Shared>,
    bell: PipeReader,
    link: PathBuf,
    model: Model,
    port: Port,
    line: Line,
    machine: Machine,
    busy: Busy,
    /// What a NAK asks for again.
    last_answer: Zeroizing<Vec<u8>>,
    /// As it was told last.
    was_inserted: bool,
}

/// What the reader is at.
enum Busy {
    No,
    /// The card is working.
    Card(Pending),
    /// A person is to type, until then.
    Person(Box<Asking>, Instant),
}

/// An answer that is to come.
struct Pending {
    at: Instant,
    /// When the host is to hear next that it takes time yet.
    extend_at: Instant,
    interval: Duration,
    message: Zeroizing<Vec<u8>>,
    /// Of the card that it waits for.
    insertion: u64,
}

impl Reader {
    /// Makes a pseudo-terminal, to which the path `link` then leads, and puts a card into the reader.
    ///
    /// # Errors
    /// [`CcidError`] when the card has no contacts, the path is taken or cannot be given to pcscd, or the system gives no
    /// terminal.
    pub fn open(link: &Path, card: Box<dyn PlayedCard>, model: Model) -> Result<Self, CcidError> {
        if is_contactless(card.atr()) {
            return Err(CcidError::Contactless);
        }
        let port = Port::open(link)?;
        let (bell, rope) = std::io::pipe().map_err(|reason| CcidError::Terminal {
            path: link.display().to_string(),
            reason,
        })?;
        Ok(Self {
            shared: Arc::new(Shared::new(card, rope)),
            bell,
            link: link.to_owned(),
            model,
            port,
            line: Line::default(),
            machine: Machine::new(model),
            busy: Busy::No,
            last_answer: Zeroizing::default(),
            was_inserted: false,
        })
    }

    /// A handle for other threads.
    #[must_use]
    pub fn control(&self) -> ReaderControl {
        ReaderControl::new(Arc::clone(&self.shared))
    }

    /// The entry by which pcscd finds this reader: a file in `/etc/reader.conf.d`.
    #[must_use]
    pub fn entry(&self) -> String {
        self.model.entry(&self.link)
    }

    /// Answers the host until [`ReaderControl::stop`]. `observe` is told what happens to the card and on the keypad, on
    /// this thread.
    pub fn run(&mut self, observe: &mut Observe<'_>) {
        while self.look_around(observe) {
            if self.wait() {
                let mut buffer = Zeroizing::new([0; 512]);
                let read = self.port.read(buffer.as_mut_slice()).unwrap_or(0);
                for said in self.line.take(buffer.get(..read).unwrap_or_default()) {
                    match said {
                        Said::Damaged => self.port.write(&NAK),
                        Said::Nak => self.port.write(&self.last_answer),
                        Said::Message(message) => self.hear(&message, observe),
                    }
                }
            }
            self.speak(observe);
        }
        // The card loses its power with the reader.
        self.shared.card().power_off();
    }

    /// Takes note of what the hand at the reader did; false when it is to end.
    fn look_around(&mut self, observe: &mut Observe<'_>) -> bool {
        let (is_inserted, insertion, is_stopped) = {
            let mut state = self.shared.state();
            if core::mem::take(&mut state.is_rung) {
                // One ring, one byte.
                let _ = self.bell.read(&mut [0]);
            }
            state.put_in(Instant::now());
            (state.is_inserted, state.insertion, state.is_stopped)
        };
        if is_inserted != self.was_inserted {
            self.was_inserted = is_inserted;
            observe(if is_inserted {
                SlotEvent::Inserted
            } else {
                SlotEvent::Removed
            });
        }
        match core::mem::replace(&mut self.busy, Busy::No) {
            Busy::Card(pending) if !is_inserted || pending.insertion != insertion => {
                let message = with_slot(&self.shared, |slot| {
                    self.machine.card_gone(&pending.message, slot)
                });
                self.answer(&message);
            }
            Busy::Person(asking, _) if !is_inserted || asking.insertion() != insertion => {
                self.abandon(&asking, observe, true);
            }
            busy => self.busy = busy,
        }
        !is_stopped
    }

    /// Until something is to be read or said; false when nothing is to be read.
    fn wait(&mut self) -> bool {
        let now = Instant::now();
        let until = match &self.busy {
            Busy::No => now + IDLE,
            Busy::Card(pending) => pending.at.min(pending.extend_at),
            Busy::Person(_, until) if self.shared.state().entries.is_empty() => *until,
            Busy::Person(..) => now,
        };
        let until = self.shared.state().insert_at.map_or(until, |at| at.min(until));
        let mut left = until.saturating_duration_since(now);
        if self.line.is_partial() {
            left = left.min(GAP_MAX);
        }
        let Ok(timeout) = Timespec::try_from(left) else {
            return true;
        };
        let mut watched = [
            PollFd::new(&self.bell, PollFlags::IN),
            PollFd::new(&self.port, PollFlags::IN),
        ];
        match poll(&mut watched, Some(&timeout)) {
            Ok(0) => {
                if self.line.is_partial() && left == GAP_MAX {
                    self.line.abandon();
                }
            }
            Ok(_) | Err(Errno::INTR) => {}
            // Out of memory for a moment.
            Err(_) => std::thread::sleep(RETRY),
        }
        let [_, port] = &watched;
        port.revents().contains(PollFlags::IN)
    }

    /// A message ends the one that ran: the host has given it up.
    fn hear(&mut self, bytes: &[u8], observe: &mut Observe<'_>) {
        let Some(message) = Message::parse(bytes) else {
            return self.port.write(&NAK);
        };
        match core::mem::replace(&mut self.busy, Busy::No) {
            Busy::Person(asking, _) => self.abandon(&asking, observe, false),
            Busy::No | Busy::Card(_) => {}
        }
        let fault = self.shared.state().fault.clone();
        let (movement, insertion, step) = with_slot(&self.shared, |slot| {
            let movement = self.machine.movement(slot);
            let step = self.machine.execute(&message, slot, fault.as_ref());
            (movement, slot.insertion, step)
        });
        if let Some(movement) = movement {
            self.port.write(&movement);
        }
        self.port.write(&frame(&echo(bytes)));
        self.go_on(step, insertion, observe);
    }

    fn go_on(&mut self, step: Step, insertion: u64, observe: &mut Observe<'_>) {
        match step {
            Step::Done(done) => self.schedule(done, insertion, observe),
            Step::Ask(asking, asked) => {
                observe(asked);
                let until = Instant::now() + asking.timeout();
                self.busy = Busy::Person(asking, until);
                let mut state = self.shared.state();
                state.is_asking = state.entries.is_empty();
            }
        }
    }

    /// Has an answer come in its time, or the card leave before it where that was planned.
    fn schedule(&mut self, done: Done, insertion: u64, observe: &mut Observe<'_>) {
        done.events.into_iter().for_each(&mut *observe);
        let (faults, mishap) = {
            let mut card = self.shared.card();
            (card.news(), card.take_mishap())
        };
        faults
            .into_iter()
            .for_each(|fault| observe(SlotEvent::Fault(fault)));
        if mishap.is_some_and(|mishap| !self.shared.suffer(mishap)) {
            let gone = with_slot(&self.shared, |slot| self.machine.card_gone(&done.message, slot));
            return self.answer(&gone);
        }
        if done.took.is_zero() {
            return self.answer(&done.message);
        }
        let now = Instant::now();
        // As often as the card asks, where its requests do not pass the reader.
        let interval = done.took / (u32::from(done.extensions) + 1);
        let interval = if done.extensions == 0 {
            EXTENSION_INTERVAL
        } else {
            interval
        };
        self.busy = Busy::Card(Pending {
            at: now + done.took,
            interval,
            extend_at: now + interval,
            message: done.message,
            insertion,
        });
    }

    fn answer(&mut self, message: &[u8]) {
        self.last_answer = frame(message);
        self.port.write(&self.last_answer);
    }

    fn abandon(&mut self, asking: &Asking, observe: &mut Observe<'_>, is_answered: bool) {
        self.shared.state().is_asking = false;
        let done = with_slot(&self.shared, |slot| self.machine.abandon(asking, slot));
        done.events.into_iter().for_each(observe);
        if is_answered {
            self.answer(&done.message);
        }
    }

    /// Says what is due, and takes what was typed.
    fn speak(&mut self, observe: &mut Observe<'_>) {
        let now = Instant::now();
        match core::mem::replace(&mut self.busy, Busy::No) {
            Busy::Card(pending) if pending.at <= now => self.answer(&pending.message),
            Busy::Card(mut pending) => {
                if pending.extend_at <= now {
                    pending.extend_at = now + pending.interval;
                    self.port.write(&TIME_REQUEST);
                }
                self.busy = Busy::Card(pending);
            }
            Busy::Person(asking, until) => {
                let typed = self.shared.state().entries.pop_front();
                let entry = match typed {
                    Some(entry) => entry,
                    None if until <= now => Entry::TimedOut,
                    None => {
                        self.busy = Busy::Person(asking, until);
                        return;
                    }
                };
                self.shared.state().is_asking = false;
                let (insertion, step) = with_slot(&self.shared, |slot| {
                    (slot.insertion, self.machine.enter(asking, &entry, slot))
                });
                self.go_on(step, insertion, observe);
            }
            Busy::No => {}
        }
    }
}

/// Looks at the slot as it is now.
fn with_slot<T>(shared: &Shared, work: impl FnOnce(&mut InSlot<'_>) -> T) -> T {
    let mut card = shared.card();
    let (is_inserted, insertion) = {
        let state = shared.state();
        (state.is_inserted, state.insertion)
    };
    work(&mut InSlot {
        card: is_inserted.then_some(&mut *card as &mut dyn PlayedCard),
        insertion,
    })
}
