//! PIN and PUK: their counters, VERIFY, a new PIN `[cns §3]`.
//!
//! Not here: whether a value may be sent (the rules of `credential`), and any second attempt. Where the key has a folder
//! or an application of its own, the PIN is verified there; else with whatever folder is current `[cns §3.2]`.

use varco_apdu::{CommandApdu, Pin, StatusKind, StatusWord};
use varco_card::{PadEntry, PadTask, PinPermit};
use varco_credential::{
    CardError, CardSecret, ChangeValues, PadRefusal, PadTerms, PinForm, PinId, PinOutcome, Presented,
    SecretFacts, TriesLeft, UnblockValues,
};
use zeroize::Zeroizing;

use crate::commands;
use crate::dialogue::{Dialogue, refused};

/// What the card made of the question for a counter.
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

/// Asks for a counter `[cns §3.5]`.
pub(crate) fn query_counter(
    dialogue: &mut Dialogue<'_>,
    secret: CardSecret,
    permit: &mut PinPermit,
) -> Result<CounterAnswer, CardError> {
    let command = commands::ask_for_counter(facts(dialogue, secret)?.reference.0);
    let status = dialogue.ask_with_permit(&command, permit)?;
    Ok(match status.kind() {
        StatusKind::Counter { tries_left } => CounterAnswer::Tries(TriesLeft::Known(tries_left)),
        StatusKind::AuthenticationBlocked => CounterAnswer::Tries(TriesLeft::Known(0)),
        _ if says_wrong(dialogue, status) => CounterAnswer::TakenForAValue,
        _ if status == StatusWord::REFERENCED_DATA_NOT_FOUND && secret != CardSecret::USER_PIN => {
            return Err(absent(secret));
        }
        // 9000 means that the value is verified already; it tells no number.
        _ => CounterAnswer::Tries(TriesLeft::Unknown),
    })
}

/// Sends VERIFY, once: the typed value filled up to the block `[cns §3.1]`, `[cns §3.4]`, or one that the reader takes.
pub(crate) fn verify(
    dialogue: &mut Dialogue<'_>,
    value: Presented<'_>,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let secret = value.secret();
    let facts = facts(dialogue, secret)?;
    let reference = facts.reference.0;
    let block = |typed: Option<Zeroizing<Vec<u8>>>| typed.ok_or_else(too_long);
    let (bytes, filler) = (
        dialogue.profile.pin.block_bytes,
        dialogue.profile.pin.padding_byte,
    );
    let (command, status) = match value {
        Presented::Pin(_, pin) => {
            let command = commands::verify(reference, block(pin.padded(bytes, filler))?);
            let status = dialogue.ask_with_permit(&command, permit)?;
            (command, status)
        }
        Presented::Puk(_, puk) => {
            let command = commands::verify(reference, block(puk.padded(bytes, filler))?);
            let status = dialogue.ask_with_permit(&command, permit)?;
            (command, status)
        }
        Presented::OnPad(_, terms) => {
            let command = commands::verify(reference, Zeroizing::new(vec![filler; bytes]));
            let entry = pad_entry(dialogue, PadTask::Verify, command, facts.form, terms)?;
            let status = dialogue.have_typed(&entry, permit)?;
            if let Some(refusal) = refusal(status) {
                return Ok(PinOutcome::NotEntered(refusal));
            }
            (entry.template, status)
        }
    };
    outcome(dialogue, &command, secret, status)
}

/// Sends CHANGE REFERENCE DATA, once `[cns §3.2]`.
pub(crate) fn change(
    dialogue: &mut Dialogue<'_>,
    id: PinId,
    values: ChangeValues<'_>,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let secret = CardSecret::Pin(id);
    let facts = facts(dialogue, secret)?;
    let reference = facts.reference.0;
    match values {
        ChangeValues::Typed { present, new } => {
            let present = present.padded(
                dialogue.profile.pin.block_bytes,
                dialogue.profile.pin.padding_byte,
            );
            let command = commands::change(reference, two_blocks(dialogue, present, new)?);
            let status = dialogue.ask_with_permit(&command, permit)?;
            outcome(dialogue, &command, secret, status)
        }
        ChangeValues::OnPad(terms) => {
            let command = commands::change(reference, two_empty_blocks(dialogue));
            renew_on_pad(dialogue, command, secret, facts.form, terms, permit)
        }
    }
}

/// Sends RESET RETRY COUNTER, once `[cns §3.2]`. Also where the PUK was verified before, it brings the PUK `[cns §3.2]`.
pub(crate) fn unblock(
    dialogue: &mut Dialogue<'_>,
    id: PinId,
    values: UnblockValues<'_>,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let secret = CardSecret::Puk(id);
    let pin = facts(dialogue, CardSecret::Pin(id))?;
    let puk_form = facts(dialogue, secret)?.form;
    match values {
        UnblockValues::Typed { puk, new } => {
            let puk = puk.padded(
                dialogue.profile.pin.block_bytes,
                dialogue.profile.pin.padding_byte,
            );
            let command = commands::unblock(pin.reference.0, two_blocks(dialogue, puk, new)?);
            let status = dialogue.ask_with_permit(&command, permit)?;
            outcome(dialogue, &command, secret, status)
        }
        UnblockValues::OnPad(terms) => {
            let command = commands::unblock(pin.reference.0, two_empty_blocks(dialogue));
            // The reader has one pair of limits for both values.
            let form = PinForm {
                length_min: pin.form.length_min.min(puk_form.length_min),
                length_max: pin.form.length_max.max(puk_form.length_max),
                first_half: None,
            };
            renew_on_pad(dialogue, command, secret, form, terms, permit)
        }
    }
}

fn renew_on_pad(
    dialogue: &mut Dialogue<'_>,
    command: CommandApdu,
    secret: CardSecret,
    form: PinForm,
    terms: PadTerms,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let new_at = u8::try_from(dialogue.profile.pin.block_bytes).map_err(|_| too_long())?;
    let task = PadTask::Modify {
        present_at: Some(0),
        new_at,
    };
    let entry = pad_entry(dialogue, task, command, form, terms)?;
    let status = dialogue.have_typed(&entry, permit)?;
    match refusal(status) {
        Some(refusal) => Ok(PinOutcome::NotEntered(refusal)),
        None => outcome(dialogue, &entry.template, secret, status),
    }
}

fn pad_entry(
    dialogue: &Dialogue<'_>,
    task: PadTask,
    template: CommandApdu,
    form: PinForm,
    terms: PadTerms,
) -> Result<PadEntry, CardError> {
    let byte = |number: usize| u8::try_from(number).map_err(|_| too_long());
    Ok(PadEntry {
        task,
        template,
        block_bytes: byte(dialogue.profile.pin.block_bytes)?,
        length_min: byte(form.length_min)?,
        length_max: byte(form.length_max)?,
        timeout_s: terms.timeout_s,
        language: terms.language,
    })
}

/// The present value's block, then the new one's, with room for both from the start.
fn two_blocks(
    dialogue: &Dialogue<'_>,
    present: Option<Zeroizing<Vec<u8>>>,
    new: &Pin,
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    let pin = &dialogue.profile.pin;
    let present = present.ok_or_else(too_long)?;
    let new = new
        .padded(pin.block_bytes, pin.padding_byte)
        .ok_or_else(too_long)?;
    let mut blocks = Zeroizing::new(Vec::with_capacity(present.len().saturating_add(new.len())));
    blocks.extend_from_slice(&present);
    blocks.extend_from_slice(&new);
    Ok(blocks)
}

fn two_empty_blocks(dialogue: &Dialogue<'_>) -> Zeroizing<Vec<u8>> {
    let pin = &dialogue.profile.pin;
    Zeroizing::new(vec![pin.padding_byte; pin.block_bytes.saturating_mul(2)])
}

fn too_long() -> CardError {
    CardError::Unsupported {
        what: "a PIN longer than its block",
    }
}

fn facts(dialogue: &Dialogue<'_>, secret: CardSecret) -> Result<SecretFacts, CardError> {
    dialogue.profile.secret(secret).ok_or_else(|| absent(secret))
}

fn absent(secret: CardSecret) -> CardError {
    CardError::SecretAbsent {
        secret: secret.name(),
    }
}

/// What the reader says where no value came of its pin pad (PC/SC part 10 §2.5.4).
fn refusal(status: StatusWord) -> Option<PadRefusal> {
    match u16::from(status) {
        0x6400 => Some(PadRefusal::TimedOut),
        0x6401 => Some(PadRefusal::Cancelled),
        0x6402 => Some(PadRefusal::Differ),
        0x6403 => Some(PadRefusal::WrongLength),
        _ => None,
    }
}

fn outcome(
    dialogue: &Dialogue<'_>,
    command: &CommandApdu,
    secret: CardSecret,
    status: StatusWord,
) -> Result<PinOutcome, CardError> {
    match status.kind() {
        _ if dialogue.is_done(status) => Ok(PinOutcome::Verified),
        StatusKind::Counter { tries_left } => Ok(PinOutcome::Wrong {
            tries_left: TriesLeft::Known(tries_left),
        }),
        StatusKind::AuthenticationBlocked => Ok(PinOutcome::Blocked),
        _ if says_wrong(dialogue, status) => Ok(PinOutcome::Wrong {
            tries_left: TriesLeft::Unknown,
        }),
        _ if status == StatusWord::REFERENCED_DATA_NOT_FOUND && secret != CardSecret::USER_PIN => {
            Err(absent(secret))
        }
        _ => Err(refused(command, secret.name(), status)),
    }
}

fn says_wrong(dialogue: &Dialogue<'_>, status: StatusWord) -> bool {
    dialogue.profile.pin.wrong_words.contains(&u16::from(status))
}
