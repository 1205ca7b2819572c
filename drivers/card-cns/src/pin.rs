//! The PIN of the authentication key: its counter, and VERIFY `[cns §3]`.
//!
//! Not here: whether a value may be sent (the rules of `credential`), and any second attempt. Where the key has a folder
//! or an application of its own, the PIN is verified there; else with whatever folder is current `[cns §3.2]`.

use varco_apdu::{Pin, StatusKind, StatusWord};
use varco_card::PinPermit;
use varco_credential::{CardError, PinOutcome, TriesLeft};

use crate::commands;
use crate::dialogue::{Dialogue, refused};
use crate::place::Place;

/// What errors call it.
const USER_PIN: &str = "user PIN";

/// What the card made of the question for its counter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CounterAnswer {
    /// A number, or nothing that tells one.
    Tries(TriesLeft),
    /// The word for a wrong value: the question may have cost a try `[cns §3.5]`.
    TakenForAValue,
}

impl CounterAnswer {
    pub(crate) fn tries_left(self) -> TriesLeft {
        match self {
            Self::Tries(tries_left) => tries_left,
            Self::TakenForAValue => TriesLeft::Unknown,
        }
    }
}

/// Asks for the counter `[cns §3.5]`.
pub(crate) fn query_counter(
    dialogue: &mut Dialogue<'_>,
    place: &Place,
    permit: &mut PinPermit,
) -> Result<CounterAnswer, CardError> {
    dialogue.stand_by_key(place)?;
    let command = commands::ask_for_counter(dialogue.profile.pin_reference().0);
    let status = dialogue.ask_with_permit(&command, permit)?;
    Ok(match status.kind() {
        StatusKind::Counter { tries_left } => CounterAnswer::Tries(TriesLeft::Known(tries_left)),
        StatusKind::AuthenticationBlocked => CounterAnswer::Tries(TriesLeft::Known(0)),
        _ if says_wrong(dialogue, status) => CounterAnswer::TakenForAValue,
        // 9000 means that the PIN is verified already; it tells no number.
        _ => CounterAnswer::Tries(TriesLeft::Unknown),
    })
}

/// Sends the typed value, once, filled up to the block `[cns §3.1]`, `[cns §3.4]`.
pub(crate) fn verify(
    dialogue: &mut Dialogue<'_>,
    pin: &Pin,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let facts = &dialogue.profile.pin;
    let block = pin
        .padded(facts.block_bytes, facts.padding_byte)
        .ok_or(CardError::Unsupported {
            what: "a PIN longer than its block",
        })?;
    let command = commands::verify(dialogue.profile.pin_reference().0, block);
    let status = dialogue.ask_with_permit(&command, permit)?;
    match status.kind() {
        _ if dialogue.is_done(status) => Ok(PinOutcome::Verified),
        StatusKind::Counter { tries_left } => Ok(PinOutcome::Wrong {
            tries_left: TriesLeft::Known(tries_left),
        }),
        StatusKind::AuthenticationBlocked => Ok(PinOutcome::Blocked),
        _ if says_wrong(dialogue, status) => Ok(PinOutcome::Wrong {
            tries_left: TriesLeft::Unknown,
        }),
        _ => Err(refused(&command, USER_PIN, status)),
    }
}

fn says_wrong(dialogue: &Dialogue<'_>, status: StatusWord) -> bool {
    dialogue.profile.pin.wrong_words.contains(&u16::from(status))
}
