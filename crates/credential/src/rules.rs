//! When a typed PIN may be sent: the only issuers of permits.
//!
//! Not here: asking a person, and the counter of the card. The rules get both and say yes or no; the PIN guard
//! below enforces that yes means once.

use varco_apdu::{Pin, ins};
use varco_card::{Epoch, PermitScope, PinPermit};

use crate::{PinForm, PinReference, TriesLeft};

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
        }
    }
}

/// A typed PIN with the permit that it earned: sent once or never.
#[derive(Debug)]
pub struct AuthorisedPin {
    pub(crate) pin: Pin,
    pub(crate) permit: PinPermit,
}

/// The rules for one inserted card. Make new ones for each insertion.
#[derive(Debug)]
pub struct PinRules {
    attendance: Attendance,
    last_try: LastTry,
    unknown_tries: UnknownTries,
    /// A try may have been spent since the insertion, and nobody knows how many are left.
    try_may_be_spent: bool,
    permits: u32,
}

impl PinRules {
    /// Rules for an insertion.
    #[must_use]
    pub fn new(attendance: Attendance, last_try: LastTry, unknown_tries: UnknownTries) -> Self {
        Self {
            attendance,
            last_try,
            unknown_tries,
            try_may_be_spent: false,
            permits: 0,
        }
    }

    /// Takes note that a try may have been spent since the insertion without the card telling how many are left:
    /// by another process, or by a question that the card took for a value.
    pub fn note_possible_try(&mut self) {
        self.try_may_be_spent = true;
    }

    /// Whether a try may have been spent since the insertion without the card telling how many are left. A card is
    /// not even asked for its counter then: the question may be what costs.
    #[must_use]
    pub fn is_try_possible(&self) -> bool {
        self.try_may_be_spent
    }

    /// Takes note that the card accepted a PIN, and has all its tries again.
    pub fn note_accepted(&mut self) {
        self.try_may_be_spent = false;
    }

    /// Number of permits given so far: at least as many values as reached the card.
    #[must_use]
    pub fn permits(&self) -> u32 {
        self.permits
    }

    /// Looks at a typed value without giving a permit.
    ///
    /// # Errors
    /// [`NotSent`] says why it will not be sent.
    pub fn check(&self, typed: &Pin, form: PinForm, tries_left: TriesLeft) -> Result<(), NotSent> {
        self.check_form(typed, form)?;
        self.admit(tries_left)
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

    /// Whether any PIN at all may be sent with this many tries left: asked before a person is made to type.
    ///
    /// # Errors
    /// [`NotSent`] says why not.
    pub fn admit(&self, tries_left: TriesLeft) -> Result<(), NotSent> {
        match tries_left {
            TriesLeft::Known(0) => Err(NotSent::Blocked),
            TriesLeft::Known(1) if self.last_try == LastTry::Refuse => Err(NotSent::LastTry),
            TriesLeft::Known(_) => Ok(()),
            TriesLeft::Unknown if self.unknown_tries == UnknownTries::Refuse => Err(NotSent::TriesUnknown),
            TriesLeft::Unknown if self.attendance == Attendance::Scripted && self.try_may_be_spent => {
                Err(NotSent::OncePerInsertion)
            }
            TriesLeft::Unknown => Ok(()),
        }
    }

    /// Takes one typed value and gives it back with a permit for one VERIFY in this epoch, or wipes it.
    ///
    /// # Errors
    /// [`NotSent`] says why it will not be sent.
    pub fn authorise(
        &mut self,
        typed: Pin,
        form: PinForm,
        reference: PinReference,
        tries_left: TriesLeft,
        epoch: Epoch,
    ) -> Result<AuthorisedPin, NotSent> {
        self.check(&typed, form, tries_left)?;
        self.try_may_be_spent |= tries_left == TriesLeft::Unknown;
        self.permits = self.permits.saturating_add(1);
        let permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, reference.0, epoch);
        Ok(AuthorisedPin { pin: typed, permit })
    }
}

/// A permit to ask for the counter, on a card where that is free.
pub(crate) fn counter_permit(reference: PinReference, epoch: Epoch) -> PinPermit {
    PinPermit::issue(PermitScope::CounterQuery, ins::VERIFY, reference.0, epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: PinForm = PinForm {
        length_min: 5,
        length_max: 8,
    };

    fn ask(rules: &mut PinRules, typed: &str, tries_left: TriesLeft) -> Result<(), NotSent> {
        let pin = Pin::take_from(&mut typed.as_bytes().to_vec()).unwrap();
        rules
            .authorise(pin, FORM, PinReference(0x10), tries_left, Epoch::default())
            .map(drop)
    }

    #[test]
    fn a_value_of_the_wrong_form_is_never_authorised() {
        let mut rules = PinRules::new(Attendance::Attended, LastTry::Allow, UnknownTries::OneVerify);
        for typed in ["", "1234", "123456789", "12a45", "１２３４５", "12 345"] {
            assert_eq!(
                ask(&mut rules, typed, TriesLeft::Known(3)),
                Err(NotSent::WrongForm { form: FORM })
            );
        }
        for typed in ["12345", "12345678"] {
            assert_eq!(ask(&mut rules, typed, TriesLeft::Known(3)), Ok(()));
        }
    }

    #[test]
    fn the_last_try_is_spent_only_where_somebody_said_so() {
        for attendance in [Attendance::Attended, Attendance::Scripted] {
            let mut careful = PinRules::new(attendance, LastTry::Refuse, UnknownTries::OneVerify);
            assert_eq!(
                ask(&mut careful, "12345", TriesLeft::Known(1)),
                Err(NotSent::LastTry)
            );
            assert_eq!(ask(&mut careful, "12345", TriesLeft::Known(2)), Ok(()));
            let mut allowed = PinRules::new(attendance, LastTry::Allow, UnknownTries::OneVerify);
            assert_eq!(ask(&mut allowed, "12345", TriesLeft::Known(1)), Ok(()));
            assert_eq!(
                ask(&mut allowed, "12345", TriesLeft::Known(0)),
                Err(NotSent::Blocked)
            );
        }
    }

    #[test]
    fn with_tries_unknown_a_script_sends_once_per_insertion_and_a_person_may_go_on() {
        let mut script = PinRules::new(Attendance::Scripted, LastTry::Refuse, UnknownTries::OneVerify);
        assert_eq!(ask(&mut script, "12345", TriesLeft::Unknown), Ok(()));
        assert_eq!(
            ask(&mut script, "12345", TriesLeft::Unknown),
            Err(NotSent::OncePerInsertion)
        );
        let mut person = PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::OneVerify);
        assert_eq!(ask(&mut person, "12345", TriesLeft::Unknown), Ok(()));
        assert_eq!(ask(&mut person, "12345", TriesLeft::Unknown), Ok(()));
        let mut strict = PinRules::new(Attendance::Attended, LastTry::Allow, UnknownTries::Refuse);
        assert_eq!(
            ask(&mut strict, "12345", TriesLeft::Unknown),
            Err(NotSent::TriesUnknown)
        );
    }
}
