//! The readers that the service knows, and the way to a card in one of them.
//!
//! Each call has a context of its own: a context does one thing at a time, and one made before the service was
//! restarted is of no use after it. Making one costs a few hundred microseconds.

use core::time::Duration;
use std::ffi::CString;

use pcsc::{Context, Error, Scope, State};
use varco_apdu::Atr;
use varco_card::{CardLink, CardPresence, LinkError, ReaderDriver, ReaderName, ReaderState, ReaderWatch};

use crate::diagnosis::{Socket, socket};
use crate::link::{InUse, PcscLink};
use crate::translate::{Step, translate};
use crate::watch::PcscWatch;

/// How often a list is asked for again because a reader came or went while it was being written.
const LISTINGS_MAX: u32 = 3;

/// The system's PC/SC readers.
#[derive(Clone, Debug)]
pub struct PcscReaders {
    command_timeout: Duration,
}

impl PcscReaders {
    /// How long a card may take over one command where nobody says otherwise. Cards ask the reader for more
    /// time by themselves (ISO/IEC 7816-3 §11.4.3); none that is alive takes this long to sign.
    pub const COMMAND_TIMEOUT_DEFAULT: Duration = Duration::from_secs(60);

    /// The same readers with another limit for one command; on expiry the link is lost and the card reset.
    #[must_use]
    pub fn with_command_timeout(self, command_timeout: Duration) -> Self {
        Self { command_timeout }
    }
}

impl Default for PcscReaders {
    fn default() -> Self {
        Self {
            command_timeout: Self::COMMAND_TIMEOUT_DEFAULT,
        }
    }
}

impl ReaderDriver for PcscReaders {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        let states = states(&establish()?)?;
        Ok(states
            .iter()
            .filter_map(|state| {
                let name = name(&state.name().to_string_lossy());
                presence(state).map(|card| ReaderState { name, card })
            })
            .collect())
    }

    fn connect(&self, reader: &ReaderName, wait: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        Ok(Box::new(self.open(reader, wait)?))
    }

    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        Ok(Box::new(PcscWatch::new(establish()?)))
    }
}

impl PcscReaders {
    /// Connects to the card in a reader.
    pub(crate) fn open(&self, reader: &ReaderName, wait: Duration) -> Result<PcscLink, LinkError> {
        let context = establish()?;
        // By the listed name: the one we were given has lost what a hostile device put into it.
        let states = states(&context)?;
        let state = states
            .iter()
            .find(|state| name(&state.name().to_string_lossy()) == *reader)
            .ok_or(LinkError::NoReader)?;
        let card = presence(state).ok_or(LinkError::NoReader)?;
        if card == CardPresence::Absent {
            return Err(LinkError::NoCard);
        }
        let in_use = if state.event_state().intersects(State::INUSE | State::EXCLUSIVE) {
            InUse::Yes
        } else {
            InUse::No
        };
        let names = (reader.clone(), state.name().to_owned());
        match PcscLink::open(context, names, in_use, wait, self.command_timeout) {
            Ok(link) => Ok(link),
            // A mute card is tried all the same, since it may speak when powered up again. If it does not,
            // what it failed at is of no interest.
            Err(LinkError::Protocol { .. }) if card == CardPresence::Mute => Err(LinkError::CardMute),
            Err(error) => Err(error),
        }
    }
}

/// A context of the caller's own.
pub(crate) fn establish() -> Result<Context, LinkError> {
    Context::establish(Scope::User).map_err(|error| match translate(error, Step::List) {
        // libpcsclite says the same of a socket that is not there and of one that is closed to us.
        LinkError::NoService if socket().1 == Socket::Refused => LinkError::ServiceRefused,
        other => other,
    })
}

/// The listed names; none is an empty list.
pub(crate) fn names(context: &Context, step: Step) -> Result<Vec<CString>, LinkError> {
    for _ in 0..LISTINGS_MAX {
        match context.list_readers_owned() {
            // A reader came between asking for the length and asking for the names.
            Err(Error::InsufficientBuffer) => {}
            outcome => return outcome.map_err(|error| translate(error, step)),
        }
    }
    Ok(Vec::new())
}

fn states(context: &Context) -> Result<Vec<pcsc::ReaderState>, LinkError> {
    for _ in 0..LISTINGS_MAX {
        let mut states: Vec<_> = names(context, Step::List)?
            .into_iter()
            .map(|name| pcsc::ReaderState::new(name, State::UNAWARE))
            .collect();
        if states.is_empty() {
            return Ok(states);
        }
        match context.get_status_change(Duration::ZERO, &mut states) {
            Ok(()) | Err(Error::Timeout) => return Ok(states),
            // One of them went in between.
            Err(Error::UnknownReader) => {}
            Err(error) => return Err(translate(error, Step::List)),
        }
    }
    Ok(Vec::new())
}

pub(crate) fn name(system_name: &str) -> ReaderName {
    ReaderName::new(system_name)
}

/// What lies in a reader; `None` when it is not there any more.
pub(crate) fn presence(state: &pcsc::ReaderState) -> Option<CardPresence> {
    let event = state.event_state();
    if event.intersects(State::UNKNOWN | State::UNAVAILABLE) {
        None
    } else if !event.contains(State::PRESENT) {
        Some(CardPresence::Absent)
    } else if event.contains(State::MUTE) {
        Some(CardPresence::Mute)
    } else {
        Some(Atr::new(state.atr()).map_or(CardPresence::Mute, CardPresence::Present))
    }
}
