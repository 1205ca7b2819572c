//! PIN and PUK of a CIE, within the channel: their counters, VERIFY, a new PIN `[cie §3.7]`.
//!
//! Not here: whether a value may be sent (the rules of `credential`), and the channel. A reader's pin pad is of no use: it
//! would send the value in clear.

use varco_apdu::{Pin, StatusKind, StatusWord, tlv};
use varco_card::{CardChannel, LengthCorrection, PinPermit, Request};
use varco_credential::{
    CardError, CardSecret, ChangeValues, CounterQuery, PinForm, PinId, PinOutcome, PinReference, Presented,
    SecretFacts, Tries, TriesLeft, UnblockValues,
};
use zeroize::Zeroizing;

use crate::commands;

pub(crate) const USER_PIN: u8 = 0x81;
pub(crate) const PUK: u8 = 0x82;
/// As the chip's profile has them; a card that tells its own number is believed `[cie §5]`.
pub(crate) const PIN_TRIES: u8 = 3;
pub(crate) const PUK_TRIES: u8 = 10;
const DIGITS: usize = 8;
/// The first half stands on the receipt of the request, the second in the letter with the card `[cie §5]`.
const FIRST_HALF: usize = 4;

pub(crate) fn facts(reference: u8, tries_max: u8) -> SecretFacts {
    SecretFacts {
        form: PinForm {
            length_min: DIGITS,
            length_max: DIGITS,
            first_half: Some(FIRST_HALF),
        },
        reference: PinReference(reference),
        counter_query: CounterQuery::Free,
        tries_max: Some(tries_max),
    }
}

fn reference(secret: CardSecret) -> Result<u8, CardError> {
    match secret {
        CardSecret::Pin(PinId::User) => Ok(USER_PIN),
        CardSecret::Puk(PinId::User) => Ok(PUK),
        _ => Err(CardError::SecretAbsent {
            secret: secret.name(),
        }),
    }
}

pub(crate) fn verify(
    channel: &mut dyn CardChannel,
    value: Presented<'_>,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let secret = value.secret();
    let block = match value {
        Presented::Pin(_, pin) => of_eight(pin.length(), pin.padded(DIGITS, 0xFF))?,
        Presented::Puk(_, puk) => of_eight(puk.length(), puk.padded(DIGITS, 0xFF))?,
        Presented::OnPad(..) => return Err(by_pad()),
    };
    let command = &commands::verify(reference(secret)?, block);
    let status = channel
        .exchange(Request::PinCommand { command, permit })?
        .status();
    outcome(command.name(), secret, status)
}

/// With the present PIN verified in the same channel: the card wants that, and compares it again.
pub(crate) fn change(
    channel: &mut dyn CardChannel,
    id: PinId,
    values: ChangeValues<'_>,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let secret = CardSecret::Pin(id);
    let ChangeValues::Typed { present, new } = values else {
        return Err(by_pad());
    };
    let (present, new) = (block(present)?, block(new)?);
    let mut both = Zeroizing::new(Vec::with_capacity(2 * DIGITS));
    both.extend_from_slice(&present);
    both.extend_from_slice(&new);
    let command = &commands::change(reference(secret)?, both);
    let status = channel
        .exchange(Request::PinCommand { command, permit })?
        .status();
    outcome(command.name(), secret, status)
}

/// With the PUK verified in the same channel: the command brings the new PIN only.
pub(crate) fn unblock(
    channel: &mut dyn CardChannel,
    id: PinId,
    values: UnblockValues<'_>,
    permit: &mut PinPermit,
) -> Result<PinOutcome, CardError> {
    let UnblockValues::Typed { new, .. } = values else {
        return Err(by_pad());
    };
    let secret = CardSecret::Pin(id);
    let command = &commands::unblock(reference(secret)?, block(new)?);
    let status = channel
        .exchange(Request::PinCommand { command, permit })?
        .status();
    outcome(command.name(), secret, status)
}

fn block(pin: &Pin) -> Result<Zeroizing<Vec<u8>>, CardError> {
    of_eight(pin.length(), pin.padded(DIGITS, 0xFF))
}

fn of_eight(length: usize, block: Option<Zeroizing<Vec<u8>>>) -> Result<Zeroizing<Vec<u8>>, CardError> {
    block.filter(|_| length == DIGITS).ok_or(CardError::Unsupported {
        what: "a PIN of other than eight digits",
    })
}

fn by_pad() -> CardError {
    CardError::Unsupported {
        what: "a PIN typed on the reader: it would be sent in clear",
    }
}

fn outcome(command: &'static str, secret: CardSecret, status: StatusWord) -> Result<PinOutcome, CardError> {
    match status.kind() {
        StatusKind::Success => Ok(PinOutcome::Verified),
        StatusKind::Counter { tries_left } => Ok(PinOutcome::Wrong {
            tries_left: TriesLeft::Known(tries_left),
        }),
        StatusKind::AuthenticationBlocked => Ok(PinOutcome::Blocked),
        // Refused, and how many are left is not said [cie §3.7].
        StatusKind::WarningChanged => Ok(PinOutcome::Wrong {
            tries_left: TriesLeft::Unknown,
        }),
        _ => Err(CardError::Status {
            command,
            target: secret.name(),
            status,
        }),
    }
}

/// `70 { BF81xx { A0 { 9A most, 9B left, .. } } }` `[cie §3.7]`, within the channel.
pub(crate) fn read_counter(channel: &mut dyn CardChannel, secret: CardSecret) -> Result<Tries, CardError> {
    let (reference, target) = (reference(secret)?, secret.name());
    let tags = [
        0x4D,
        0x08,
        0x70,
        0x06,
        0xBF,
        0x81,
        reference & 0x1F,
        0x02,
        0xA0,
        0x80,
    ];
    let command = commands::get_data(&tags);
    let answer = LengthCorrection::new(channel).send(&command)?;
    match answer.status().kind() {
        StatusKind::Success => {}
        // What failed for once is no word on the card's habits: the last try might be hidden behind it.
        StatusKind::ExecutionError | StatusKind::NoDiagnosis | StatusKind::Unknown => {
            return Err(CardError::Status {
                command: command.name(),
                target,
                status: answer.status(),
            });
        }
        _ => return Ok(Tries::UNKNOWN),
    }
    let misbehaved = |what| CardError::Misbehaved {
        command: command.name(),
        target,
        what,
    };
    let objects = tlv::read(answer.data()).map_err(|_| misbehaved("no data objects in the answer"))?;
    let header = tlv::find(&objects, 0x70).and_then(|outer| {
        outer
            .child(0x00BF_8100 | u32::from(reference & 0x1F))?
            .child(0xA0)
    });
    let number = |tag| match header?.child(tag)?.bytes()? {
        &[number] => Some(number),
        _ => None,
    };
    match (number(0x9A), number(0x9B)) {
        (most, None) => Ok(Tries {
            left: TriesLeft::Unknown,
            most,
        }),
        (most, Some(left)) if left <= most.unwrap_or(15) => Ok(Tries {
            left: TriesLeft::Known(left),
            most,
        }),
        _ => Err(misbehaved("more tries left than there are")),
    }
}
