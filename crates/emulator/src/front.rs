//! The part of a played card that stands before its commands: power, class byte, length forms, chaining,
//! GET RESPONSE, log and clock.
//!
//! Not here: any command. [`CardOs`] is where a kind of card executes them.

use varco_apdu::{Atr, CommandApdu, LengthForm, ResponseApdu, StatusWord, ins};
use zeroize::Zeroizing;

use crate::chain::{Chain, Chained};
use crate::{CardState, Event, EventLog, FileRead, Played, PlayedCard, StateError, TimingModel};

/// The commands and the memory of a kind of card.
pub trait CardOs: Send {
    /// Executes a command that has passed class, lengths and chaining; CLA is 00.
    fn execute(&mut self, command: &CommandApdu) -> Reply;
    /// Forgets what a reset forgets.
    fn reset(&mut self);
    /// What a power loss does not take.
    fn snapshot(&self) -> CardState;
    /// Takes up such a state, or none of it.
    ///
    /// # Errors
    /// [`StateError`] when it is not this card's.
    fn restore(&mut self, state: &CardState) -> Result<(), StateError>;
}

/// What took the card's time, apart from talking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// Nothing worth counting.
    None,
    /// A secret was compared.
    PinCheck,
    /// A private key was used.
    PrivateKey,
}

/// The outcome of a command.
#[derive(Debug)]
pub struct Reply {
    /// The answer.
    pub response: ResponseApdu,
    /// What took time.
    pub work: Work,
    /// What was given out of a file.
    pub read: Option<FileRead>,
}

impl Reply {
    /// A status word alone.
    #[must_use]
    pub fn status(status: StatusWord) -> Self {
        Self::data(Zeroizing::default(), status)
    }

    /// Data and status word.
    #[must_use]
    pub fn data(data: Zeroizing<Vec<u8>>, status: StatusWord) -> Self {
        Self {
            response: ResponseApdu::new(data, status),
            work: Work::None,
            read: None,
        }
    }

    /// With the work that was done.
    #[must_use]
    pub fn after(mut self, work: Work) -> Self {
        self.work = work;
        self
    }
}

/// What a card's link can do. The default is all but GET RESPONSE: a T=1 card of today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkHabits {
    /// Takes chained commands (else 6E00 to CLA 10).
    pub chaining: bool,
    /// Takes extended lengths (else 6700).
    pub extended_length: bool,
    /// Gives answers by 61xx and GET RESPONSE, as T=0 does: to a command with data always, else when the
    /// answer is longer than expected. Otherwise every answer is sent whole.
    pub get_response: bool,
}

impl Default for LinkHabits {
    fn default() -> Self {
        Self {
            chaining: true,
            extended_length: true,
            get_response: false,
        }
    }
}

/// A card: an operating system behind a link.
pub struct Emulated<O> {
    atr: Atr,
    habits: LinkHabits,
    timing: TimingModel,
    os: O,
    powered: bool,
    chain: Chain,
    /// The rest of an answer that GET RESPONSE may fetch.
    waiting: Option<ResponseApdu>,
    log: EventLog,
}

impl<O: CardOs> Emulated<O> {
    /// A card without power, whose link takes no time.
    #[must_use]
    pub fn new(atr: Atr, habits: LinkHabits, os: O) -> Self {
        Self {
            atr,
            habits,
            timing: TimingModel::NONE,
            os,
            powered: false,
            chain: Chain::default(),
            waiting: None,
            log: EventLog::default(),
        }
    }

    fn forget(&mut self) {
        self.chain.abandon();
        self.waiting = None;
        self.os.reset();
    }

    fn answer(&mut self, bytes: &[u8]) -> Reply {
        let Some(command) = self.admit(bytes) else {
            return Reply::status(StatusWord::WRONG_LENGTH);
        };
        let command = match command {
            Ok(command) => command,
            Err(status) => return Reply::status(status),
        };
        if self.habits.get_response && command.ins() == ins::GET_RESPONSE && !self.chain.is_open() {
            return self.next_part(&command);
        }
        self.waiting = None;
        match self.chain.take(command) {
            Chained::Waiting => Reply::status(StatusWord::SUCCESS),
            Chained::Refused(status) => Reply::status(status),
            Chained::Whole(command) => {
                let mut reply = self.os.execute(&command);
                if self.habits.get_response {
                    reply.response = self.hold_back(&command, reply.response);
                }
                reply
            }
        }
    }

    /// Class byte and length form; `None` for bytes that are no command.
    fn admit(&self, bytes: &[u8]) -> Option<Result<CommandApdu, StatusWord>> {
        let &[cla, ..] = bytes.first_chunk::<4>()?;
        let refused = match cla {
            0x00 => None,
            CommandApdu::CHAINING_BIT if self.habits.chaining => None,
            // Interindustry classes, ISO/IEC 7816-4 §5.4.1: secure messaging first, then logical channels.
            0x00..=0x1F if cla & 0x0C != 0 => Some(StatusWord::SECURE_MESSAGING_UNSUPPORTED),
            0x00..=0x1F if cla & 0x03 != 0 => Some(StatusWord::LOGICAL_CHANNEL_UNSUPPORTED),
            _ => Some(StatusWord::CLASS_UNSUPPORTED),
        };
        if let Some(status) = refused {
            return Some(Err(status));
        }
        let (command, form) = CommandApdu::parse(bytes).ok()?;
        if form == LengthForm::Extended && !self.habits.extended_length {
            return None;
        }
        // A T=0 command cannot carry data and Le at once: one with data may always have an answer.
        let without_le = command.expected().is_none() && !command.data().is_empty();
        Some(Ok(if self.habits.get_response && without_le {
            command.expecting(256)
        } else {
            command
        }))
    }

    /// ISO/IEC 7816-3 §12.2: a command with data gets 61xx first; other answers are cut at Le.
    fn hold_back(&mut self, command: &CommandApdu, response: ResponseApdu) -> ResponseApdu {
        let room = match command.expected() {
            _ if !command.data().is_empty() => 0,
            expected => expected.unwrap_or(0),
        };
        self.cut(response, room)
    }

    fn next_part(&mut self, command: &CommandApdu) -> Reply {
        let reply = match (command.p1(), command.p2(), self.waiting.take()) {
            (0, 0, Some(rest)) => self.cut(rest, command.expected().unwrap_or(256)),
            (0, 0, None) => return Reply::status(StatusWord::CONDITIONS_NOT_SATISFIED),
            _ => return Reply::status(StatusWord::WRONG_P1P2),
        };
        Reply {
            response: reply,
            work: Work::None,
            read: None,
        }
    }

    /// Gives the first `room` bytes and keeps the rest behind 61xx.
    fn cut(&mut self, response: ResponseApdu, room: u32) -> ResponseApdu {
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let Some((first, rest)) = response
            .data()
            .split_at_checked(room)
            .filter(|(_, rest)| !rest.is_empty())
        else {
            return response;
        };
        // 61xx counts to 255; 00 stands for 256 and more.
        let more = StatusWord::from(0x6100 | u16::from(u8::try_from(rest.len()).unwrap_or(0)));
        let first = Zeroizing::new(first.to_vec());
        self.waiting = Some(ResponseApdu::new(
            Zeroizing::new(rest.to_vec()),
            response.status(),
        ));
        ResponseApdu::new(first, more)
    }
}

impl<O: CardOs> PlayedCard for Emulated<O> {
    fn atr(&self) -> &Atr {
        &self.atr
    }

    fn power_on(&mut self) {
        self.powered = true;
        self.forget();
    }

    fn power_off(&mut self) {
        self.powered = false;
        self.forget();
    }

    fn process(&mut self, command: &[u8]) -> Played {
        if !self.powered {
            return Played {
                response: Zeroizing::default(),
                took: core::time::Duration::ZERO,
            };
        }
        let reply = self.answer(command);
        let response = reply.response.to_bytes();
        let took = self.timing.exchange(command.len(), response.len(), reply.work);
        let mut header = [0; 4];
        for (slot, byte) in header.iter_mut().zip(command) {
            *slot = *byte;
        }
        self.log.push(Event {
            header,
            command_bytes: command.len(),
            answer_bytes: reply.response.data().len(),
            status: reply.response.status(),
            read: reply.read,
            took,
        });
        Played { response, took }
    }

    fn log(&self) -> &EventLog {
        &self.log
    }

    fn set_timing(&mut self, timing: TimingModel) {
        self.timing = timing;
    }

    fn snapshot(&self) -> CardState {
        self.os.snapshot()
    }

    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.os.restore(state)?;
        self.forget();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
