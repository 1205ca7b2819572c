//! What an action may cost of a real card, and what it has cost by the card's own counters.
//!
//! Not here: whether that was permitted ([`super::Keeper`]).

use serde::{Deserialize, Serialize};

use super::Counts;
use crate::scenario::{Do, Typed};

/// Tries, and whether codes change.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Tries of the PIN.
    pub pin: u8,
    /// Tries of the PUK.
    pub puk: u8,
    /// Whether the PIN may be another one after it, or none at all.
    pub is_destructive: bool,
}

/// What was taken for an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Taken {
    pub(super) amount: Amount,
    /// How many of the values are known to be wrong.
    wrong: (u8, u8),
    before: Option<Counts>,
    is_program: bool,
}

/// The most that it could have cost: what the counters told before, and what is typed. None where it costs nothing.
///
/// An action of ours sends one value that may cost a try, once. Another program sends what it likes: it is taken to send each
/// value that it is given, and one where it is given none; what it sends beyond that is found out afterwards.
///
/// At a keypad, giving up counts as a value: the reader takes digits until the hand presses the right key, and hands err.
pub(super) fn taken(
    action: &Do,
    typed: &[&Typed],
    has_keypad: bool,
    counts: &dyn Fn() -> Option<Counts>,
) -> Option<Taken> {
    let count = |is: fn(&Typed) -> bool| {
        let count = typed.iter().filter(|typed| is(typed)).count();
        u8::try_from(count).unwrap_or(u8::MAX)
    };
    let pins = count(|typed| matches!(typed, Typed::Pin | Typed::WrongPin(_) | Typed::NewPin));
    let puks = count(|typed| matches!(typed, Typed::Puk | Typed::WrongPuk));
    let wrong = (
        count(|typed| matches!(typed, Typed::WrongPin(_))),
        count(|typed| matches!(typed, Typed::WrongPuk)),
    );
    let may_err = has_keypad && typed.iter().any(|typed| **typed == Typed::Cancel);
    let any = u8::from(pins > 0 || puks > 0 || may_err);
    let (pin, puk, changes, last) = match action {
        Do::Login { allow_last_try, .. } => (any, 0, false, *allow_last_try),
        Do::PinChange { .. } => (any, 0, any > 0, true),
        Do::PinUnblock { .. } => (0, any, any > 0, true),
        Do::Run { .. } => (pins.max(1), puks, puks > 0 || may_be_new(typed), true),
        _ => (0, 0, false, false),
    };
    if pin == 0 && puk == 0 {
        return None;
    }
    let before = counts();
    // Ours keep a last try that the card tells, unless they are told not to; where it tells none, any may be the last. What is
    // blocked already cannot be blocked.
    let is_last = |left: Option<u8>, most: u8| match left {
        None => most > 0,
        Some(left) => last && (1..=most).contains(&left),
    };
    let left = |which: fn(&Counts) -> Option<u8>| before.as_ref().and_then(which);
    let may_block = is_last(left(|counts| counts.pin), pin) || is_last(left(|counts| counts.puk), puk);
    let is_destructive = changes || may_block;
    Some(Taken {
        amount: Amount {
            pin,
            puk,
            is_destructive,
        },
        wrong,
        before,
        is_program: matches!(action, Do::Run { .. }),
    })
}

/// Whether a program could take one of these for a new PIN: whatever comes after the right one, unless it is that again.
fn may_be_new(typed: &[&Typed]) -> bool {
    let after = typed.iter().skip_while(|typed| ***typed != Typed::Pin);
    typed.iter().any(|typed| **typed == Typed::NewPin) || after.into_iter().any(|typed| **typed != Typed::Pin)
}

impl Taken {
    /// What it has cost, `given` being how many values went out; where no counter tells, as much as it could.
    pub(super) fn spent(&self, given: u32, counts: &dyn Fn() -> Option<Counts>) -> Amount {
        if given == 0 && !self.is_program {
            return Amount::default();
        }
        let after = counts();
        let of = |which: fn(&Counts) -> Option<u8>, taken: u8, wrong: u8| {
            let told = self
                .before
                .as_ref()
                .and_then(which)
                .zip(after.as_ref().and_then(which));
            match told {
                // A right value after wrong ones brings the counter back.
                Some((before, after)) if taken > 1 => before.saturating_sub(after).max(wrong),
                Some((before, after)) => before.saturating_sub(after),
                None => taken,
            }
        };
        Amount {
            pin: of(|counts| counts.pin, self.amount.pin, self.wrong.0),
            puk: of(|counts| counts.puk, self.amount.puk, self.wrong.1),
            is_destructive: self.amount.is_destructive,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    const LOGIN: Do = Do::Login {
        service: None,
        audience: None,
        allow_last_try: false,
    };

    fn told(pin: u8, puk: u8) -> Option<Counts> {
        Some(Counts {
            pin: Some(pin),
            puk: Some(puk),
        })
    }

    fn run() -> Do {
        Do::Run {
            program: "p".to_owned(),
            arguments: Vec::new(),
        }
    }

    #[test]
    fn what_an_action_may_cost_is_known_before() {
        use Typed::{Cancel, NewPin, Pin, Puk, WrongPin};
        let last = Do::Login {
            service: None,
            audience: None,
            allow_last_try: true,
        };
        let (change, unblock) = (
            Do::PinChange {
                allow_last_try: false,
            },
            Do::PinUnblock {
                allow_last_try: false,
            },
        );
        for (action, typed, counts, wanted) in [
            (&LOGIN, &[][..], told(3, 9), None),
            (&LOGIN, &[&Cancel], told(3, 9), None),
            (&Do::PinStatus {}, &[&Pin], told(3, 9), None),
            (&LOGIN, &[&Pin], told(1, 9), Some((1, 0, false))),
            (&LOGIN, &[&Pin], None, Some((1, 0, true))),
            (&LOGIN, &[&NewPin], None, Some((1, 0, true))),
            (&LOGIN, &[&NewPin], told(3, 9), Some((1, 0, false))),
            (&last, &[&Pin], told(2, 9), Some((1, 0, false))),
            (&last, &[&Pin], told(1, 9), Some((1, 0, true))),
            (&last, &[&Pin], None, Some((1, 0, true))),
            (&change, &[&Pin, &NewPin, &NewPin], told(3, 9), Some((1, 0, true))),
            (
                &unblock,
                &[&Puk, &NewPin, &NewPin],
                told(0, 9),
                Some((0, 1, true)),
            ),
            (&run(), &[], told(3, 9), Some((1, 0, false))),
            (&run(), &[], told(1, 9), Some((1, 0, true))),
            (&run(), &[], None, Some((1, 0, true))),
            (&run(), &[], told(0, 9), Some((1, 0, false))),
            (&run(), &[&WrongPin(1), &Pin], told(3, 9), Some((2, 0, false))),
            (&run(), &[&Pin, &NewPin], told(3, 9), Some((2, 0, true))),
            (&run(), &[&Pin, &Pin], told(3, 9), Some((2, 0, false))),
            // A program that changes codes takes them for the new one.
            (
                &run(),
                &[&Pin, &WrongPin(1), &WrongPin(1)],
                told(9, 9),
                Some((3, 0, true)),
            ),
            (&run(), &[&Puk], told(3, 9), Some((1, 1, true))),
        ] {
            assert_eq!(
                amount(action, typed, false, counts),
                wanted,
                "{action:?} {typed:?}"
            );
        }
        // A hand that is to press the key that gives up may press others.
        for (action, counts, wanted) in [
            (&LOGIN, told(3, 9), Some((1, 0, false))),
            (&LOGIN, None, Some((1, 0, true))),
            (&last, told(1, 9), Some((1, 0, true))),
            (&change, told(3, 9), Some((1, 0, true))),
            (&unblock, told(3, 9), Some((0, 1, true))),
            (&Do::PinStatus {}, told(3, 9), None),
        ] {
            assert_eq!(amount(action, &[&Cancel], true, counts), wanted, "{action:?}");
        }
        assert_eq!(amount(&LOGIN, &[], true, told(3, 9)), None);
    }

    fn amount(
        action: &Do,
        typed: &[&Typed],
        has_keypad: bool,
        counts: Option<Counts>,
    ) -> Option<(u8, u8, bool)> {
        let taken = taken(action, typed, has_keypad, &|| counts)?;
        Some((taken.amount.pin, taken.amount.puk, taken.amount.is_destructive))
    }

    #[test]
    fn what_it_cost_is_what_the_counter_fell_by_or_all_that_it_could() {
        let right = &[&Typed::Pin][..];
        let several = &[&Typed::WrongPin(1), &Typed::Pin, &Typed::Pin][..];
        let cancel = &[&Typed::Cancel][..];
        for (action, typed, before, given, after, wanted) in [
            (&LOGIN, cancel, told(3, 9), 1, told(3, 9), 0),
            (&LOGIN, cancel, told(3, 9), 1, told(2, 9), 1),
            (&LOGIN, cancel, told(3, 9), 1, None, 1),
            (&LOGIN, right, told(3, 9), 0, None, 0),
            (&LOGIN, right, told(3, 9), 1, told(3, 9), 0),
            (&LOGIN, right, told(2, 9), 1, told(3, 9), 0),
            (&LOGIN, right, told(3, 9), 1, told(2, 9), 1),
            (&LOGIN, right, told(3, 9), 1, None, 1),
            (&LOGIN, right, None, 1, told(3, 9), 1),
            (&run(), right, told(3, 9), 0, None, 1),
            (&run(), right, told(3, 9), 1, told(0, 9), 3),
            (&run(), several, told(3, 9), 3, told(3, 9), 1),
            (&run(), several, told(3, 9), 3, None, 3),
        ] {
            let taken = taken(action, typed, true, &|| before).unwrap();
            assert_eq!(
                taken.spent(given, &|| after).pin,
                wanted,
                "{action:?} {typed:?} {after:?}"
            );
        }
    }
}
