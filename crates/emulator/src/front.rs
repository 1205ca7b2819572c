//! The part of a played card that stands before its commands: power, class byte, length forms, chaining,
//! GET RESPONSE, log and clock.
//!
//! Not here: any command. [`CardOs`] is where a kind of card executes them.

use varco_apdu::{Atr, CommandApdu, LengthForm, ResponseApdu, StatusWord, ins};
use zeroize::Zeroizing;

use crate::chain::{Chain, Chained};
use crate::{
    Alteration, CardState, Event, EventLog, Feature, FileRead, Played, PlayedCard, StateError, TimingModel,
};

/// The commands and the memory of a kind of card.
pub trait CardOs: Send {
    /// Executes a command that has passed class, protection, lengths and chaining; CLA is 00.
    fn execute(&mut self, command: &CommandApdu) -> Reply;
    /// Forgets what a reset forgets.
    fn reset(&mut self);
    /// Takes the protection of secure messaging off a command in class 0C; what is left is chained and executed.
    ///
    /// # Errors
    /// The status to answer in clear. A card that speaks in clear only refuses the class.
    fn open(&mut self, _protected: &CommandApdu) -> Result<CommandApdu, StatusWord> {
        Err(StatusWord::SECURE_MESSAGING_UNSUPPORTED)
    }
    /// Protects the answer to a command that came protected.
    fn seal(&mut self, answer: ResponseApdu) -> ResponseApdu {
        answer
    }
    /// Hears that a command came in clear, before it is executed.
    fn hear_clear(&mut self, _command: &CommandApdu) {}
    /// The references of the PINs and PUKs that are verified now.
    fn verified(&self) -> Vec<u8>;
    /// What a power loss does not take.
    fn snapshot(&self) -> CardState;
    /// Takes up such a state, or none of it.
    ///
    /// # Errors
    /// [`StateError`] when it is not this card's.
    fn restore(&mut self, state: &CardState) -> Result<(), StateError>;
    /// Changes something about the card; false when it has no such thing.
    fn alter(&mut self, _alteration: Alteration) -> bool {
        false
    }
    /// Whether it has such a thing.
    fn has(&self, _feature: Feature) -> bool {
        false
    }
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

/// The class of secure messaging with a protected header (ISO/IEC 7816-4 §5.4.1), and the same within a chain.
const SECURE: u8 = 0x0C;
const SECURE_CHAINED: u8 = SECURE | CommandApdu::CHAINING_BIT;

/// What a card's link can do. The default is all but GET RESPONSE: a T=1 card of today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkHabits {
    /// Takes chained commands (else 6E00 to CLA 10).
    pub chaining: bool,
    /// Takes extended lengths (else 6700).
    pub extended_length: bool,
    /// How answers are given.
    pub answers: Answers,
}

/// How a card gives an answer that may be long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answers {
    /// Whole, always.
    Whole,
    /// By 61xx and GET RESPONSE, as T=0 does: to a command with data always, else when the answer is longer than
    /// expected.
    AsT0,
    /// By 61xx and GET RESPONSE where the answer is longer than expected, 256 bytes where nothing was (ISO/IEC 7816-4
    /// §5.3.4).
    InParts,
}

impl Default for LinkHabits {
    fn default() -> Self {
        Self {
            chaining: true,
            extended_length: true,
            answers: Answers::Whole,
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

    /// What is behind the link.
    #[cfg(test)]
    pub(crate) fn os_for_tests(&self) -> &O {
        &self.os
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
        // Part of the transport: in clear under secure messaging too, which it does not end [cie §3.1].
        if self.habits.answers != Answers::Whole
            && command.ins() == ins::GET_RESPONSE
            && !self.chain.is_open()
        {
            return self.next_part(&command);
        }
        self.waiting = None;
        let is_secure = command.cla() & SECURE == SECURE;
        let (room, plain) = (self.room(&command), self.bare(command, is_secure));
        let mut reply = match plain.map(|plain| self.chain.take(plain)) {
            // In clear, and the end of any session.
            Err(status) => {
                self.chain.abandon();
                return Reply::status(status);
            }
            Ok(Chained::Waiting) => Reply::status(StatusWord::SUCCESS),
            Ok(Chained::Refused(status)) => Reply::status(status),
            Ok(Chained::Whole(command)) => self.os.execute(&command),
        };
        if is_secure {
            reply.response = self.os.seal(reply.response);
        }
        if let Some(room) = room {
            reply.response = self.cut(reply.response, room);
        }
        reply
    }

    /// The command without protection.
    fn bare(&mut self, command: CommandApdu, is_secure: bool) -> Result<CommandApdu, StatusWord> {
        if is_secure {
            return self.os.open(&command);
        }
        self.os.hear_clear(&command);
        Ok(command)
    }

    /// Class byte and length form; `None` for bytes that are no command.
    fn admit(&self, bytes: &[u8]) -> Option<Result<CommandApdu, StatusWord>> {
        let &[cla, ..] = bytes.first_chunk::<4>()?;
        let refused = match cla {
            0x00 => None,
            CommandApdu::CHAINING_BIT if self.habits.chaining => None,
            // What the operating system makes of protection is its own matter.
            SECURE | SECURE_CHAINED => None,
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
        Some(Ok(if self.habits.answers == Answers::AsT0 && without_le {
            command.expecting(256)
        } else {
            command
        }))
    }

    /// How much of an answer is given at once, where that is limited. By T=0 a command with data gets 61xx first
    /// (ISO/IEC 7816-3 §12.2).
    fn room(&self, command: &CommandApdu) -> Option<u32> {
        match self.habits.answers {
            Answers::Whole => None,
            Answers::AsT0 if !command.data().is_empty() => Some(0),
            Answers::AsT0 => Some(command.expected().unwrap_or(0)),
            Answers::InParts => Some(command.expected().unwrap_or(256)),
        }
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
            return Played::default();
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
        Played::answer(response, took)
    }

    fn log(&self) -> &EventLog {
        &self.log
    }

    fn set_timing(&mut self, timing: TimingModel) {
        self.timing = timing;
    }

    fn verified(&self) -> Vec<u8> {
        self.os.verified()
    }

    fn snapshot(&self) -> CardState {
        self.os.snapshot()
    }

    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        self.os.restore(state)?;
        self.forget();
        Ok(())
    }

    fn alter(&mut self, alteration: Alteration) -> bool {
        self.os.alter(alteration)
    }

    fn has(&self, feature: Feature) -> bool {
        self.os.has(feature)
    }
}

#[cfg(test)]
mod tests;
