//! Who walks along with a journey: hears how far it is, and may end it between two commands.
//!
//! Not here: handles, threads and time limits (`varco` has them). A companion only says whether to go on.

use std::cell::Cell;

use varco_access_policy::Decision;
use varco_apdu::ResponseApdu;
use varco_auth::VerifiedIdentity;
use varco_card::{CardChannel, Epoch, ExtendedLength, Interruption, Limits, LinkError, Meaning, Request};
use varco_credential::{CardDescription, CredentialKind, TriesLeft};

use crate::PinQuestion;

/// How far a journey is, for a user interface to show.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Step<'s> {
    /// The card is of a known kind.
    CardSeen(&'s CardDescription),
    /// What can be judged before the PIN was judged good: the certificate of a CNS, the document of an identity card.
    Judged,
    /// A value is wanted of a person, or by the reader's keypad.
    PinWanted(&'s PinQuestion<'s>),
    /// An identity card proved its device key and speaks through a channel of its own. It told how many tries are left.
    ChannelOpen(TriesLeft),
    /// A command with a value leaves for the card: until its answer nothing can stop it.
    PinSent,
    /// The card accepted the PIN and is to sign.
    Signing,
    /// Who it is, is known.
    Verified(&'s VerifiedIdentity),
    /// It was decided about the service.
    Decided(&'s Decision),
    /// So many commands were answered by now: what a progress bar shows of the long steps between.
    Answered {
        /// How many.
        commands: u32,
        /// How many a whole login with such a card has at most, about; `None` until the card is seen. It was counted with played
        /// cards, and is for a bar to grow by, not to end on.
        about: Option<u32>,
    },
}

/// Who walks along. All of it is called on the thread of the journey, between two commands.
pub trait Companion {
    /// Hears of a step.
    fn reached(&self, step: &Step<'_>) {
        let _ = step;
    }

    /// Whether the next command may be sent.
    ///
    /// # Errors
    /// [`Interruption`]: it is not to be, and the journey ends here.
    fn may_go_on(&self) -> Result<(), Interruption> {
        Ok(())
    }

    /// Whether a command with a value may be sent: PIN, PUK, or what is typed on the reader's keypad.
    ///
    /// # Errors
    /// As [`Companion::may_go_on`]. Without one the command leaves, and [`Companion::pin_answered`] follows.
    fn let_pin_through(&self) -> Result<(), Interruption> {
        self.may_go_on()
    }

    /// Hears that the answer to such a command is there, or lost.
    fn pin_answered(&self) {}
}

/// Nobody walks along.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Companion for Alone {}

/// A channel whose every command the companion lets through. It stands around what fetches long answers, so that no command
/// is ended in its middle.
pub(crate) struct Accompanied<'c, C> {
    inner: C,
    companion: &'c dyn Companion,
    answered: &'c Answered,
    /// Whether the last command carried a value: the question for its counter belongs to it.
    is_after_value: bool,
}

impl<'c, C> Accompanied<'c, C> {
    pub(crate) fn new(inner: C, companion: &'c dyn Companion, answered: &'c Answered) -> Self {
        Self {
            inner,
            companion,
            answered,
            is_after_value: false,
        }
    }
}

/// How far a journey is, in commands.
#[derive(Default)]
pub(crate) struct Answered {
    commands: Cell<u32>,
    about: Cell<Option<u32>>,
}

impl Answered {
    /// Takes note of which card it is, and what fits through its reader.
    pub(crate) fn seen(&self, kind: CredentialKind, limits: Limits) {
        let is_short = limits.extended_length != ExtendedLength::Supported;
        // docs/profiles.md and docs/identity-cards.md have the counts, without those that fetch the rest of an answer.
        self.about.set(match kind {
            CredentialKind::Cns => Some(if is_short { 13 } else { 8 }),
            // What it takes depends on the card's chip, which says so late: 24 to 44.
            CredentialKind::Cie => Some(44),
            _ => None,
        });
    }
}

/// Hears of the answer also where there is none: by an error or a panic.
struct InFlight<'c>(&'c dyn Companion);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.pin_answered();
    }
}

impl<C: CardChannel> CardChannel for Accompanied<'_, C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let carries_value = match &request {
            Request::Command(_) => false,
            Request::PinCommand { command, .. } => !command.data().is_empty(),
            Request::PadEntry { .. } => true,
        };
        let command = request.name();
        let interrupted = |why| LinkError::Interrupted { command, why };
        // Without it nobody would know what became of a value that a reader took, or says that it did not take.
        let is_its_counter = self.is_after_value && matches!(request, Request::PinCommand { .. });
        self.is_after_value = carries_value;
        let answer = if carries_value {
            self.companion.let_pin_through().map_err(interrupted)?;
            let _in_flight = InFlight(self.companion);
            self.companion.reached(&Step::PinSent);
            self.inner.exchange(request)
        } else {
            if !is_its_counter {
                self.companion.may_go_on().map_err(interrupted)?;
            }
            self.inner.exchange(request)
        };
        let commands = self.answered.commands.get().saturating_add(1);
        self.answered.commands.set(commands);
        let about = self.answered.about.get();
        self.companion.reached(&Step::Answered { commands, about });
        answer
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }

    fn is_secure(&self) -> bool {
        self.inner.is_secure()
    }

    fn meant(&mut self, meaning: Meaning<'_>) {
        self.inner.meant(meaning);
    }

    /// Always let through: it is what ends a journey well.
    fn reset(&mut self) -> Result<(), LinkError> {
        self.inner.reset()
    }
}
