//! The dialogue between a host and the chip on its board.
//!
//! Not here: commands (`chip`), frames (`frame`), and who takes the card away (`control`).

use core::time::Duration;
use std::io::{PipeReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use varco_emulator::fault::Mishap;
use varco_emulator::{PlayedCard, SlotEvent};

use crate::chip::{Chip, Done, IN_DATA_EXCHANGE, IN_LIST_PASSIVE_TARGET, InField, MORE};
use crate::control::{Plug, Shared};
use crate::frame::{ACK, Line, NACK, SYNTAX_ERROR, Said, frame};
use crate::noise::Noise;
use crate::port::Port;
use crate::target::Target;
use crate::{BoardControl, CardType, LineFault as Fault, LinkSpeed, Pn532Error};

/// How often noise is made.
const NOISE_INTERVAL: Duration = Duration::from_millis(5);
/// How long to wait where nothing is expected: the bell wakes.
const IDLE: Duration = Duration::from_secs(3_600);

/// How long a port is away that is reset.
const REPLUGGED_AFTER: Duration = Duration::from_millis(500);

/// A PN532 on a pseudo-terminal, and the card in its field.
pub struct Board {
    shared: Arc<Shared>,
    bell: PipeReader,
    link: PathBuf,
    /// `None` while it is pulled out.
    port: Option<Port>,
    line: Line,
    chip: Chip,
    card_type: CardType,
    speed: LinkSpeed,
    pending: Option<Pending>,
    /// What a NACK asks for again.
    last_answer: Vec<u8>,
    /// An answer that comes after the next question.
    late: Option<Vec<u8>>,
    noise: Noise,
    is_noisy: bool,
    says_more: bool,
    /// As it was told last.
    was_inserted: bool,
}

/// An answer that is to come.
struct Pending {
    at: Instant,
    bytes: Vec<u8>,
    waits: Waits,
}

enum Waits {
    /// For nothing but its time.
    Plain,
    /// For the card of this insertion.
    ForCard(u64),
    /// For any card, which this command looks for.
    ToFind(Vec<u8>),
}

impl Board {
    /// Makes a pseudo-terminal, to which the path `link` then leads, and puts a card into the field.
    ///
    /// # Errors
    /// [`Pn532Error`] when the card has contacts only, the path is taken or the system gives no terminal.
    pub fn open(
        link: &Path,
        card: Box<dyn PlayedCard>,
        card_type: CardType,
        speed: LinkSpeed,
    ) -> Result<Self, Pn532Error> {
        Target::of(card.atr(), card_type)?;
        let port = Port::open(link)?;
        let (bell, rope) = std::io::pipe().map_err(|reason| Pn532Error::Terminal {
            path: link.display().to_string(),
            reason,
        })?;
        Ok(Self {
            shared: Arc::new(Shared::new(card, rope)),
            bell,
            link: link.to_owned(),
            port: Some(port),
            line: Line::default(),
            chip: Chip::new(speed),
            card_type,
            speed,
            pending: None,
            last_answer: Vec::new(),
            late: None,
            noise: Noise::default(),
            is_noisy: false,
            says_more: false,
            was_inserted: false,
        })
    }

    /// A handle for other threads.
    #[must_use]
    pub fn control(&self) -> BoardControl {
        BoardControl::new(Arc::clone(&self.shared))
    }

    /// Answers the host until [`BoardControl::stop`]. `observe` is told what happens to the card, on this thread.
    ///
    /// # Errors
    /// [`Pn532Error`] when a reader that was pulled out cannot be plugged in again.
    pub fn run(&mut self, observe: &mut dyn FnMut(SlotEvent)) -> Result<(), Pn532Error> {
        while self.look_around(observe)? {
            if !self.wait() {
                continue;
            }
            let mut buffer = [0; 512];
            let read = match self.port.as_ref().map(|port| port.read(&mut buffer)) {
                Some(Ok(read)) => read,
                _ => 0,
            };
            for said in self.line.take(buffer.get(..read).unwrap_or_default()) {
                self.hear(said, observe);
            }
            self.speak();
        }
        Ok(())
    }

    /// Takes note of what the hand at the board did; false when it is to end.
    fn look_around(&mut self, observe: &mut dyn FnMut(SlotEvent)) -> Result<bool, Pn532Error> {
        let (is_inserted, insertion, is_stopped, is_pulled_out) = {
            let mut state = self.shared.state();
            if core::mem::take(&mut state.is_rung) {
                // One ring, one byte.
                let _ = self.bell.read(&mut [0]);
            }
            let is_pulled_out = state
                .fault
                .is_some_and(|plan| plan.fault == Fault::HangUp && plan.after.is_none());
            if matches!(state.plug, Plug::OutUntil(until) if until <= Instant::now()) {
                state.plug = Plug::In;
            }
            let is_pulled_out = is_pulled_out || state.plug != Plug::In;
            (
                state.is_inserted,
                state.insertion,
                state.is_stopped,
                is_pulled_out,
            )
        };
        if is_pulled_out {
            self.pull_out(observe);
        } else if self.port.is_none() {
            self.port = Some(Port::open(&self.link)?);
        }
        if is_inserted != self.was_inserted {
            self.was_inserted = is_inserted;
            observe(if is_inserted {
                SlotEvent::Inserted
            } else {
                SlotEvent::Removed
            });
        }
        match &self.pending {
            Some(pending) if matches!(pending.waits, Waits::ForCard(card) if !is_inserted || card != insertion) =>
            {
                self.pending = Some(Pending {
                    at: Instant::now(),
                    bytes: frame(&[IN_DATA_EXCHANGE + 1, 0x01]),
                    waits: Waits::Plain,
                });
            }
            Some(Pending {
                waits: Waits::ToFind(command),
                ..
            }) if is_inserted => {
                let command = command.clone();
                let done = self.execute(&command, observe);
                self.schedule(&command, done, None);
            }
            _ => {}
        }
        Ok(!is_stopped)
    }

    /// The field goes out before the host can notice anything.
    fn pull_out(&mut self, observe: &mut dyn FnMut(SlotEvent)) {
        if self.port.is_none() {
            return;
        }
        self.pending = None;
        let done = self.with_field(|chip, field| {
            let mut done = Done::default();
            chip.field_off(field, &mut done);
            done
        });
        done.events.into_iter().for_each(observe);
        self.port = None;
    }

    /// Until something is to be read or said; false when the hand did something, or nothing happened.
    fn wait(&mut self) -> bool {
        let now = Instant::now();
        let until = self.pending.as_ref().map_or(now + IDLE, |pending| pending.at);
        let until = match self.shared.state().plug {
            Plug::OutUntil(back) => back.min(until),
            Plug::In | Plug::Out => until,
        };
        let mut left = until.saturating_duration_since(now);
        if self.is_noisy {
            left = left.min(NOISE_INTERVAL);
        }
        let Ok(timeout) = Timespec::try_from(left) else {
            return true;
        };
        let mut watched = vec![PollFd::new(&self.bell, PollFlags::IN)];
        watched.extend(self.port.as_ref().map(|port| PollFd::new(port, PollFlags::IN)));
        match poll(&mut watched, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            // Out of memory for a moment: not faster than this.
            Err(_) => std::thread::sleep(NOISE_INTERVAL),
        }
        watched.first().is_none_or(|bell| bell.revents().is_empty())
    }

    fn write(&self, bytes: &[u8]) {
        if let Some(port) = &self.port {
            port.write(bytes);
        }
    }

    /// Says what is due.
    fn speak(&mut self) {
        if self.is_noisy {
            let bytes = self.noise.bytes(64);
            self.write(&bytes);
        }
        if self
            .pending
            .as_ref()
            .is_some_and(|pending| pending.at <= Instant::now())
            && let Some(pending) = self.pending.take()
        {
            self.write(&pending.bytes);
            self.last_answer = pending.bytes;
        }
    }

    fn hear(&mut self, said: Said, observe: &mut dyn FnMut(SlotEvent)) {
        match said {
            // The host wants the running command to end.
            Said::Ack => self.pending = None,
            Said::Nack => self.write(&self.last_answer),
            Said::Damaged => self.write(&NACK),
            Said::Command(command) => self.obey(&command, observe),
        }
    }

    /// The fault that is due at this command.
    fn fault_at(&self, command: &[u8]) -> Option<Fault> {
        let mut state = self.shared.state();
        let plan = state.fault.as_mut()?;
        let is_exchange = matches!(command, [IN_DATA_EXCHANGE, _, _, ..]);
        let counts = match plan.fault {
            Fault::ZeroAts => command.first() == Some(&IN_LIST_PASSIVE_TARGET),
            Fault::NadBit | Fault::Cut | Fault::EndlessParts | Fault::Late | Fault::Status(_) => is_exchange,
            _ => is_exchange || plan.after.is_none(),
        };
        if !counts {
            return None;
        }
        match plan.after {
            Some(left @ 1..) => {
                plan.after = Some(left - 1);
                return None;
            }
            Some(0) => plan.after = None,
            None => {}
        }
        let fault = plan.fault;
        // A reader that is pulled out stays so.
        if !plan.stays && fault != Fault::HangUp {
            state.fault = None;
        }
        Some(fault)
    }

    /// A command ends the one that ran.
    fn obey(&mut self, command: &[u8], observe: &mut dyn FnMut(SlotEvent)) {
        self.pending = None;
        self.is_noisy = false;
        let fault = self.fault_at(command);
        match fault {
            Some(Fault::Mute) => return,
            Some(Fault::Nack) => return self.write(&NACK),
            Some(Fault::HangUp) => return self.pull_out(observe),
            Some(Fault::Garbage) => return self.babble(command),
            Some(Fault::NoAck) => {}
            _ => self.write(&ACK),
        }
        if let Some(late) = self.late.take() {
            self.write(&late);
        }
        let is_rest = matches!(command, [IN_DATA_EXCHANGE, _]);
        self.says_more &= is_rest;
        let done = if self.says_more {
            Done {
                answer: Some(vec![IN_DATA_EXCHANGE + 1, MORE]),
                ..Done::default()
            }
        } else {
            self.execute(command, observe)
        };
        self.schedule(command, done, fault);
    }

    fn with_field<T>(&mut self, work: impl FnOnce(&mut Chip, &mut InField<'_>) -> T) -> T {
        let mut card = self.shared.card();
        let (is_inserted, insertion) = {
            let state = self.shared.state();
            (state.is_inserted, state.insertion)
        };
        let mut field = InField {
            card: is_inserted.then_some(&mut *card as &mut dyn PlayedCard),
            card_type: self.card_type,
            insertion,
        };
        work(&mut self.chip, &mut field)
    }

    /// Does it, and takes the card away where that was planned.
    fn execute(&mut self, command: &[u8], observe: &mut dyn FnMut(SlotEvent)) -> Done {
        let mut done = self.with_field(|chip, field| chip.execute(command, field));
        core::mem::take(&mut done.events)
            .into_iter()
            .for_each(&mut *observe);
        let (faults, mishap) = {
            let mut card = self.shared.card();
            (card.news(), card.take_mishap())
        };
        faults
            .into_iter()
            .for_each(|fault| observe(SlotEvent::Fault(fault)));
        let plug = match mishap {
            Some(Mishap::Removed) => {
                self.shared.remove();
                done.answer = Some(vec![IN_DATA_EXCHANGE + 1, 0x01]);
                return done;
            }
            Some(Mishap::ReaderGone) => Plug::Out,
            Some(Mishap::UsbReset) => Plug::OutUntil(Instant::now() + REPLUGGED_AFTER),
            Some(Mishap::Suspended(time)) => Plug::OutUntil(Instant::now() + time),
            // Not armed here.
            Some(_) | None => return done,
        };
        self.shared.state().plug = plug;
        self.pull_out(observe);
        done
    }

    /// Has an answer come in its time, with what is wrong with it.
    fn schedule(&mut self, command: &[u8], mut done: Done, fault: Option<Fault>) {
        if self.port.is_none() {
            // Nobody hears it.
            return;
        }
        match (fault, &mut done.answer) {
            (Some(Fault::NadBit), Some(answer)) => {
                answer.get_mut(1).into_iter().for_each(|status| *status |= 0x80);
            }
            (Some(Fault::Status(status)), Some(answer)) => {
                answer.truncate(1);
                answer.push(status);
            }
            (Some(Fault::ZeroAts), Some(answer)) => cut_ats(answer),
            (Some(Fault::EndlessParts), Some(answer)) => {
                self.says_more = true;
                *answer = vec![IN_DATA_EXCHANGE + 1, MORE];
            }
            (Some(Fault::Cut), Some(answer)) => {
                answer.truncate(2 + answer.len().saturating_sub(2).div_ceil(2));
                answer.get_mut(1).into_iter().for_each(|status| *status |= MORE);
                self.shared.remove();
            }
            _ => {}
        }
        let mut bytes = match &done.answer {
            Some(answer) => frame(answer),
            None => SYNTAX_ERROR.to_vec(),
        };
        if fault == Some(Fault::BadChecksum) {
            let check = bytes.len().saturating_sub(2);
            bytes.get_mut(check).into_iter().for_each(|check| *check ^= 0x55);
        }
        if fault == Some(Fault::Late) {
            self.late = Some(bytes);
            return;
        }
        let line = self.speed.on_line(frame(command).len() + ACK.len() + bytes.len());
        let is_exchange = command.first() == Some(&IN_DATA_EXCHANGE) && fault != Some(Fault::Cut);
        self.pending = Some(Pending {
            at: Instant::now() + done.took + line,
            bytes,
            waits: if done.looks_for_card {
                Waits::ToFind(command.to_vec())
            } else if is_exchange && self.shared.state().is_inserted {
                Waits::ForCard(self.shared.state().insertion)
            } else {
                Waits::Plain
            },
        });
    }

    /// Says anything.
    fn babble(&mut self, command: &[u8]) {
        let form = self.noise.byte() % 4;
        if form > 0 {
            self.write(&ACK);
        }
        if form > 1 {
            let count = usize::from(self.noise.byte()) + usize::from(form % 2);
            let mut content = self.noise.bytes(count);
            if form == 2 {
                // An answer by its looks.
                let code = command.first().map_or(0, |code| code.wrapping_add(1));
                content.insert(0, code);
            }
            self.write(&frame(&content));
        }
        self.is_noisy = true;
    }
}

/// A type A target whose ATS has a length of zero.
fn cut_ats(answer: &mut Vec<u8>) {
    /// Code, count, number, SENS_RES, SEL_RES, length and bytes of the identifier.
    const BEFORE_BYTES: usize = 11;
    /// An answer of a type B target begins so.
    const ATQB: Option<&u8> = Some(&0x50);
    if answer.len() > BEFORE_BYTES && answer.get(3) != ATQB {
        answer.truncate(BEFORE_BYTES);
        answer.push(0);
    }
}
