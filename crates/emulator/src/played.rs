//! The contract of a played card, as a reader to put it in sees it.
//!
//! Not here: how a card is built ([`crate::Emulated`]), and the readers themselves (`drivers/virtual-*`, and
//! the in-process channel of tests).

use core::time::Duration;

use varco_apdu::Atr;
use zeroize::Zeroizing;

use crate::fault::Mishap;
use crate::{CardState, EventLog, StateError, TimingModel};

/// What a card did with one command.
#[derive(Default)]
pub struct Played {
    /// The response APDU as bytes, status word included. Empty when the card is not powered: a mute card.
    pub response: Zeroizing<Vec<u8>>,
    /// How long a real card and its link would have taken, by the timing model. Nobody has slept.
    pub took: Duration,
    /// How often the card asked for more time, of which `took` holds all. Readers whose protocol has such requests make them.
    pub extensions: u8,
    /// What the reader must do besides. Cards by themselves never cause any; a [`FaultSet`](crate::fault::FaultSet) does.
    pub mishap: Option<Mishap>,
}

impl Played {
    /// An answer that came as it should.
    #[must_use]
    pub fn answer(response: Zeroizing<Vec<u8>>, took: Duration) -> Self {
        Self {
            response,
            took,
            ..Self::default()
        }
    }
}

/// Something about a card that can be otherwise than its profile has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Alteration {
    /// The PIN has so many tries left, at most those that the card gives.
    PinTries(u8),
    /// The same of the PUK.
    PukTries(u8),
    /// The files with certificates are not there.
    NoCertificate,
    /// Of the files with certificates so many bytes are left.
    CutCertificate(usize),
    /// The files with certificates are as they were made.
    WholeCertificate,
}

/// Something that one kind of card has and another has not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Feature {
    /// A PIN and a PUK with counters.
    PinCounters,
    /// Files with certificates.
    Certificates,
    /// Secure messaging.
    SecureMessaging,
}

/// A card that is played. It may be moved to the thread that owns its reader.
pub trait PlayedCard: Send {
    /// The answer to reset.
    fn atr(&self) -> &Atr;

    /// Cold start: verified PINs, current file, chains and security environment are as after production.
    fn power_on(&mut self);

    /// Warm start: the same loss of state as a cold one.
    fn reset(&mut self) {
        self.power_on();
    }

    /// Takes the power away. Until [`Self::power_on`] the card is mute.
    fn power_off(&mut self);

    /// Gives the card a C-APDU as it came off the link; any bytes are allowed.
    fn process(&mut self, command: &[u8]) -> Played;

    /// The exchanges so far: header, lengths and status words.
    fn log(&self) -> &EventLog;

    /// Chooses how long things take from now on.
    fn set_timing(&mut self, timing: TimingModel);

    /// The references of the PINs and PUKs that are verified now: what a reset takes away.
    fn verified(&self) -> Vec<u8>;

    /// What survives a power loss: PIN and PUK values and counters.
    fn snapshot(&self) -> CardState;

    /// Takes up a state that [`Self::snapshot`] gave, and resets the card.
    ///
    /// # Errors
    /// [`StateError`] when the state is another card's or its numbers cannot be; the card is then unchanged.
    fn restore(&mut self, state: &CardState) -> Result<(), StateError>;

    /// Changes something about the card, in the middle of whatever it is doing; false when it has no such thing.
    fn alter(&mut self, _: Alteration) -> bool {
        false
    }

    /// Whether it has such a thing.
    fn has(&self, _: Feature) -> bool {
        false
    }
}

impl<P: PlayedCard + ?Sized> PlayedCard for Box<P> {
    fn atr(&self) -> &Atr {
        (**self).atr()
    }
    fn power_on(&mut self) {
        (**self).power_on();
    }
    fn reset(&mut self) {
        (**self).reset();
    }
    fn power_off(&mut self) {
        (**self).power_off();
    }
    fn process(&mut self, command: &[u8]) -> Played {
        (**self).process(command)
    }
    fn log(&self) -> &EventLog {
        (**self).log()
    }
    fn set_timing(&mut self, timing: TimingModel) {
        (**self).set_timing(timing);
    }
    fn verified(&self) -> Vec<u8> {
        (**self).verified()
    }
    fn snapshot(&self) -> CardState {
        (**self).snapshot()
    }
    fn restore(&mut self, state: &CardState) -> Result<(), StateError> {
        (**self).restore(state)
    }
    fn alter(&mut self, alteration: Alteration) -> bool {
        (**self).alter(alteration)
    }
    fn has(&self, feature: Feature) -> bool {
        (**self).has(feature)
    }
}
