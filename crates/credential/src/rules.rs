//! When a typed PIN may be sent: the only issuers of permits.
//!
//! Not here: asking a person, and the counter of the card. The rules get both and say yes or no; the PIN guard
//! below enforces that yes means once.

use varco_apdu::{Pin, ins};
use varco_card::{Epoch, PermitScope, PinPermit};
#[cfg(feature = "planted-bugs")]
use varco_planted::{Bug, is_planted};

use crate::attempt::{Attempt, AuthorisedPin, Given};
use crate::{
    CardIdentity, CardSecret, NewPinProblem, NewPinWay, PinForm, PinReference, PinUse, RefusedValues,
    TriesLeft, check_new_pin,
};

/// Who gives the PIN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attendance {
    /// A person who is being asked now, and sees how many tries are left.
    Attended,
    /// A program or pipe.
    Scripted,
}

/// Whether the last try may be spent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LastTry {
    /// No: the PIN is not sent.
    Refuse,
    /// Yes: somebody said so for this login.
    Allow,
}

/// What to do where the card does not tell how many tries are left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownTries {
    /// A person may go on; a script may send one VERIFY per insertion.
    OneVerify,
    /// The PIN is not sent.
    Refuse,
}

/// Why a typed PIN was not sent. No try is spent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSent {
    /// Not the number of digits that the card takes, or not digits.
    #[error("the PIN has {} to {} digits", form.length_min, form.length_max)]
    WrongForm {
        /// What the card takes.
        form: PinForm,
    },
    /// The PIN is blocked.
    #[error("the PIN is blocked")]
    Blocked,
    /// One try is left and using it was not allowed.
    #[error("one try is left")]
    LastTry,
    /// The number of tries left is unknown and that was not accepted.
    #[error("the number of tries left is unknown")]
    TriesUnknown,
    /// The number of tries left is unknown and a script sent one PIN since the card was inserted.
    #[error("one PIN was sent since the card was inserted, and the number of tries left is unknown")]
    OncePerInsertion,
    /// This card refused the same value before, in this process.
    #[error("this card refused the same value before")]
    RefusedBefore,
    /// It makes no good new PIN.
    #[error("it makes no good new PIN: {0}")]
    NewPin(NewPinProblem),
    /// A pin pad cannot do it: the card takes the values encrypted, in two steps, or in two different forms.
    #[error("this card takes these values in two steps or in forms that differ, which a pin pad cannot do")]
    NotByPad,
}

impl NotSent {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongForm { .. } => "pin-wrong-form",
            Self::Blocked => "pin-blocked",
            Self::LastTry => "pin-last-try",
            Self::TriesUnknown => "pin-tries-unknown",
            Self::OncePerInsertion => "pin-once-per-insertion",
            Self::RefusedBefore => "pin-refused-before",
            Self::NewPin(problem) => problem.code(),
            Self::NotByPad => "pin-not-by-pad",
        }
    }
}

/// The rules for one inserted card. Make new ones for each insertion.
#[derive(Debug)]
pub struct PinRules {
    attendance: Attendance,
    last_try: LastTry,
    unknown_tries: UnknownTries,
    /// The secrets of which a try may have been spent since the insertion without anybody knowing how many are left.
    possible: Vec<CardSecret>,
    permits: u32,
    /// What was refused in this process, and by which card: known once the card is.
    refused: Option<RefusedValues>,
    card: Option<CardIdentity>,
}

impl PinRules {
    /// Rules for an insertion.
    #[must_use]
    pub fn new(attendance: Attendance, last_try: LastTry, unknown_tries: UnknownTries) -> Self {
        Self {
            attendance,
            last_try,
            unknown_tries,
            possible: Vec::new(),
            permits: 0,
            refused: None,
            card: None,
        }
    }

    /// With the memory of this process for values that were refused.
    #[must_use]
    pub fn remembering(mut self, refused: RefusedValues) -> Self {
        self.refused = Some(refused);
        self
    }

    /// Which card it is. Until this is said, nothing is compared with what was refused before.
    pub fn recognise(&mut self, card: CardIdentity) {
        self.card = Some(card);
    }

    fn memory(&self) -> Option<(&RefusedValues, &CardIdentity)> {
        self.refused.as_ref().zip(self.card.as_ref())
    }

    /// Takes note that a try of a secret may have been spent since the insertion without the card telling how many are left: by
    /// another process, or by a question that the card took for a value.
    pub fn note_possible_try(&mut self, secret: CardSecret) {
        if !self.is_try_possible(secret) {
            self.possible.push(secret);
        }
    }

    /// Whether a try of a secret may have been spent since the insertion without the card telling how many are left. The card is
    /// not even asked for its counter then: the question may be what costs.
    #[must_use]
    pub fn is_try_possible(&self, secret: CardSecret) -> bool {
        self.possible.contains(&secret)
    }

    /// Takes note that the card accepted a secret, which has all its tries again.
    pub fn note_accepted(&mut self, secret: CardSecret) {
        self.possible.retain(|possible| *possible != secret);
    }

    /// Takes note that nothing of what the last permit was given for reached the card. A try that was held for possible stays so:
    /// a reader can say so of a value that it did send.
    pub fn note_not_entered(&mut self) {
        self.permits = self.permits.saturating_sub(1);
    }

    /// Number of permits given so far: at least as many values as reached the card.
    #[must_use]
    pub fn permits(&self) -> u32 {
        self.permits
    }

    /// Looks at typed values without giving a permit.
    ///
    /// # Errors
    /// [`NotSent`] says why they will not be sent.
    pub fn check(&self, given: &Given, attempt: &Attempt) -> Result<(), NotSent> {
        self.check_given(given, attempt)?;
        self.admit(attempt.tries_left)
    }

    /// Looks at the form of a typed value alone, where the number of tries is not known yet.
    ///
    /// # Errors
    /// [`NotSent::WrongForm`].
    pub fn check_form(&self, typed: &Pin, form: PinForm) -> Result<(), NotSent> {
        if typed.is_digits() && (form.length_min..=form.length_max).contains(&typed.length()) {
            Ok(())
        } else {
            Err(NotSent::WrongForm { form })
        }
    }

    /// Whether any value of a secret may be sent with this many tries left: asked before a person is made to type.
    ///
    /// # Errors
    /// [`NotSent`] says why not.
    pub fn admit(&self, tries_left: TriesLeft) -> Result<(), NotSent> {
        #[cfg(feature = "planted-bugs")]
        if tries_left == TriesLeft::Known(1) && is_planted(Bug::LastTry) {
            return Ok(());
        }
        match tries_left {
            TriesLeft::Known(0) => Err(NotSent::Blocked),
            TriesLeft::Known(1) if self.last_try == LastTry::Refuse => Err(NotSent::LastTry),
            TriesLeft::Known(_) => Ok(()),
            TriesLeft::Unknown if self.unknown_tries == UnknownTries::Refuse => Err(NotSent::TriesUnknown),
            // One value for each insertion, whichever secret it is of.
            TriesLeft::Unknown if self.attendance == Attendance::Scripted && !self.possible.is_empty() => {
                Err(NotSent::OncePerInsertion)
            }
            TriesLeft::Unknown => Ok(()),
        }
    }

    /// Takes the values that were typed and gives them back with their permits for this epoch, or wipes them.
    ///
    /// # Errors
    /// [`NotSent`] says why they will not be sent.
    pub fn authorise(&mut self, given: Given, attempt: &Attempt) -> Result<AuthorisedPin, NotSent> {
        self.check_given(&given, attempt)?;
        self.admit(attempt.tries_left)?;
        let secret = attempt.purpose.at_stake();
        let refusal = match (&given, self.memory()) {
            (Given::Typed { present, .. }, Some((refused, card))) => {
                Some(refused.refusal(card, secret, present))
            }
            _ => None,
        };
        if attempt.tries_left == TriesLeft::Unknown {
            self.note_possible_try(secret);
        }
        self.permits = self.permits.saturating_add(1);
        let (verify, new_pin) = attempt.permits();
        Ok(AuthorisedPin {
            given,
            purpose: attempt.purpose,
            tries_left: attempt.tries_left,
            verify,
            new_pin,
            refusal,
        })
    }

    /// Looks at the values alone, where the number of tries is not known yet.
    ///
    /// # Errors
    /// [`NotSent`].
    pub fn check_given(&self, given: &Given, attempt: &Attempt) -> Result<(), NotSent> {
        match (given, attempt.purpose) {
            (
                Given::OnPad(_),
                PinUse::Change(_, NewPinWay::VerifiedFirst) | PinUse::Unblock(_, NewPinWay::VerifiedFirst),
            ) => Err(NotSent::NotByPad),
            // The reader has one pair of limits for both values, and would take what the host refuses.
            (Given::OnPad(_), PinUse::Change(..) | PinUse::Unblock(..))
                if attempt.present.form != attempt.target.form =>
            {
                Err(NotSent::NotByPad)
            }
            (Given::OnPad(_), _) => Ok(()),
            (Given::Typed { present, new }, _) => {
                self.check_present(present, attempt)?;
                match new {
                    Some(new) => self.check_new(new, present, attempt),
                    None => Ok(()),
                }
            }
        }
    }

    /// Looks at the present PIN, or the PUK, alone.
    ///
    /// # Errors
    /// [`NotSent::WrongForm`] and [`NotSent::RefusedBefore`].
    pub fn check_present(&self, present: &Pin, attempt: &Attempt) -> Result<(), NotSent> {
        self.check_form(present, attempt.present.form)?;
        let secret = attempt.purpose.at_stake();
        let is_known = |(refused, card): (&RefusedValues, _)| refused.holds(card, secret, present);
        #[cfg(feature = "planted-bugs")]
        let is_known = |memory| is_known(memory) && !is_planted(Bug::RefusedForgotten);
        if self.memory().is_some_and(is_known) {
            return Err(NotSent::RefusedBefore);
        }
        Ok(())
    }

    /// Looks at a new PIN alone.
    ///
    /// # Errors
    /// [`NotSent::NewPin`].
    pub fn check_new(&self, new: &Pin, present: &Pin, attempt: &Attempt) -> Result<(), NotSent> {
        let form = attempt.target.form;
        self.check_form(new, form)
            .map_err(|_| NotSent::NewPin(NewPinProblem::WrongForm { form }))?;
        let present = matches!(attempt.purpose, PinUse::Change(..)).then_some(present);
        check_new_pin(new, present).map_err(NotSent::NewPin)
    }

    /// Takes note that a secret has a new value: what the card refused may be right now.
    pub fn note_new_value(&mut self, secret: CardSecret) {
        if let Some((refused, card)) = self.memory() {
            refused.forget(card, secret);
        }
    }
}

/// A permit to ask for the counter, on a card where that is free.
pub(crate) fn counter_permit(reference: PinReference, epoch: Epoch) -> PinPermit {
    PinPermit::issue(PermitScope::CounterQuery, ins::VERIFY, reference.0, epoch)
}

#[cfg(test)]
mod tests;
