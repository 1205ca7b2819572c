//! A reader that plays a recording: it answers as the card did that was recorded.
//!
//! What this crate is not: a card. It computes nothing; what was not recorded it cannot answer.
//!
//! Layer 4 (devices, a reader): depends on `varco-card`, `varco-trace` and `varco-apdu`.
//!
//! Start with [`Script::parse`], then [`ReplayReaders::new`]; after the conversation, [`ReplayReaders::outcome`] tells whether
//! it was the recorded one, and where it left it.
//!
//! Invariants:
//! * After the first difference nothing is answered any more, nor where the trace goes on above secure messaging: what went under
//!   it is recorded without its protection, and only another trace can be held against it ([`ReplayReaders::hold`]).
//! * No error holds a byte of data, recorded or said.
//! * The script moves on with every call, so that no caller can make the reader work longer than the trace is.

mod link;
mod matching;
mod script;

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use varco_apdu::Atr;
use varco_card::{
    CardLink, CardPresence, LinkError, ReaderDriver, ReaderEvent, ReaderName, ReaderState, ReaderWatch,
};

use link::ReplayLink;
pub use matching::Mode;
use script::Player;
pub use script::{Script, ScriptError};

/// Where what was said is not what was recorded, or a trace not what it is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {}", what.code())]
pub struct Difference {
    /// The line of the trace that was expected, counted from 1.
    pub line: usize,
    /// What is different.
    pub what: What,
}

/// What is different.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// CLA, INS, P1 or P2 of the command.
    Header,
    /// Whether the command goes under secure messaging.
    Secured,
    /// The length of its data.
    Length,
    /// Its data.
    Data,
    /// The length that it expects.
    Expected,
    /// The form in which the same command is sent.
    Form,
    /// The trace has a command typed at the reader's keys, or has one that is not.
    Pad,
    /// A command was sent where the trace has something else.
    Command,
    /// The card was reset where the trace has something else.
    Reset,
    /// More was said than the trace has.
    More,
    /// Less was said than the trace has.
    Less,
    /// Recorded again from its seed, the line is another.
    Again,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Header,
        Self::Secured,
        Self::Length,
        Self::Data,
        Self::Expected,
        Self::Form,
        Self::Pad,
        Self::Command,
        Self::Reset,
        Self::More,
        Self::Less,
        Self::Again,
    ];

    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Header => "replay-header",
            Self::Secured => "replay-secured",
            Self::Length => "replay-length",
            Self::Data => "replay-data",
            Self::Expected => "replay-expected",
            Self::Form => "replay-form",
            Self::Pad => "replay-pad",
            Self::Command => "replay-command",
            Self::Reset => "replay-reset",
            Self::More => "replay-more",
            Self::Less => "replay-less",
            Self::Again => "replay-again",
        }
    }
}

/// How far a replay came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// How many commands were said as they were recorded.
    pub said: usize,
    /// How many commands the trace has.
    pub commands: usize,
    /// The first difference.
    pub difference: Option<Difference>,
    /// The line that would have come next; none at the end of the trace.
    pub next_line: Option<usize>,
    /// How many of the trace's commands went under secure messaging, and stand there as they were meant.
    pub secured: usize,
    /// Whether it ended at the first of those: a reader could play it with the card's session keys alone.
    pub needs_keys: bool,
}

/// One reader that plays one trace, once.
#[derive(Clone)]
pub struct ReplayReaders {
    name: ReaderName,
    atr: Atr,
    player: Arc<Mutex<Player>>,
}

impl ReplayReaders {
    /// A reader of this name.
    #[must_use]
    pub fn new(name: &str, script: Script, mode: Mode) -> Self {
        Self {
            name: ReaderName::new(name),
            atr: script.atr().clone(),
            player: Arc::new(Mutex::new(Player::new(script, mode))),
        }
    }

    /// Says what another trace has, instead of a program; up to the first difference. What went under secure messaging is compared
    /// where both traces have it as it was meant.
    pub fn hold(&self, other: &Script) {
        let mut player = lock(&self.player);
        // A trace begins with a conversation; where that was taken up before, the first command shows.
        let _ = player.connect();
        for said in other.said() {
            // An answer that this trace does not have is no difference: the next command shows.
            let answer = player.command(said);
            if answer.is_err() && player.is_over() {
                return;
            }
        }
    }

    /// How far it came, and whether everything was as recorded.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        lock(&self.player).outcome()
    }
}

fn lock(player: &Mutex<Player>) -> MutexGuard<'_, Player> {
    // A panic of another holder left plain data behind; there is nothing to repair.
    player.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ReaderDriver for ReplayReaders {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        Ok(vec![ReaderState {
            name: self.name.clone(),
            card: CardPresence::Present(self.atr.clone()),
        }])
    }

    fn connect(&self, reader: &ReaderName, _wait: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        if *reader != self.name {
            return Err(LinkError::NoReader);
        }
        let connected = lock(&self.player).connect()?;
        Ok(Box::new(ReplayLink::new(
            self.name.clone(),
            connected,
            Arc::clone(&self.player),
        )))
    }

    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        let events = vec![
            ReaderEvent::CardInserted(self.name.clone(), self.atr.clone()),
            ReaderEvent::ReaderAdded(self.name.clone()),
        ];
        Ok(Box::new(Watched(events)))
    }
}

/// Tells what is there; nothing ever happens.
struct Watched(Vec<ReaderEvent>);

impl ReaderWatch for Watched {
    fn next(&mut self, wait: Duration) -> Result<Option<ReaderEvent>, LinkError> {
        let event = self.0.pop();
        if event.is_none() {
            std::thread::sleep(wait);
        }
        Ok(event)
    }
}

#[cfg(test)]
mod tests;
