//! One entry on the reader's keys, as the system is asked for it, and what its answer means.
//!
//! Not here: time limits (the handle has them), and the bytes (`structure`).

use core::time::Duration;
use std::thread::sleep;
use std::time::Instant;

use pcsc::{Card, Error};
use varco_card::LinkError;
use zeroize::Zeroizing;

use crate::translate::{Step, translate};
use crate::worker::{POLL, Reply, wipe};

/// Within this time the service looks at a reader again (pcscd: every 400 ms).
const NEXT_LOOK: Duration = Duration::from_secs(1);

/// The status word of an entry that the person cancelled (PC/SC part 10 §2.5.4).
const CANCELLED: [u8; 2] = [0x64, 0x01];

/// Has the reader complete and send a command, once (PC/SC part 10 §2.5). The person types meanwhile.
pub(crate) fn enter(card: &Card, control_code: u32, structure: &[u8], buffer: &mut [u8]) -> Reply {
    let outcome = match card.control(control_code.into(), structure, buffer) {
        // The card's status word, or one that the reader made.
        Ok(answer @ &[_, _]) => Ok(Zeroizing::new(answer.to_vec())),
        Ok(answer) if answer.len() < 2 => Err(failed_entry(card)),
        // What can be typed is only ever checked or changed: no card has more to say.
        Ok(_) => Err(LinkError::PinPadFailed),
        Err(error) => explain(error).unwrap_or_else(|| Err(failed_entry(card))),
    };
    wipe(buffer, &outcome);
    outcome
}

/// What became of an entry that the system complained about; `None` where the card has to be looked at.
fn explain(error: Error) -> Option<Reply> {
    match error {
        // The service or the driver does not know the code, or the structure: nothing reached the reader.
        Error::UnsupportedFeature | Error::InvalidParameter | Error::InvalidValue => {
            Some(Err(LinkError::PinPadUnsupported))
        }
        // Some systems say so in this way and not by the reader's status word.
        Error::CancelledByUser => Some(Ok(Zeroizing::new(CANCELLED.to_vec()))),
        // A pad that refuses, a card that was pulled out and a line that broke sound alike.
        Error::NotTransacted
        | Error::CommError
        | Error::CommDataLost
        | Error::Timeout
        | Error::InsufficientBuffer => None,
        error => Some(Err(translate(error, Step::Enter))),
    }
}

/// Tells a removal from an entry that failed. While the person types, the service does not look at the card; it has to
/// be given the time for its next look.
fn failed_entry(card: &Card) -> LinkError {
    let begun = Instant::now();
    loop {
        match card.status2_owned() {
            Ok(status) if status.status().contains(pcsc::Status::ABSENT) => return LinkError::CardRemoved,
            Ok(_) if begun.elapsed() < NEXT_LOOK => sleep(POLL),
            Ok(_) => return LinkError::PinPadFailed,
            // Not even the service answers.
            Err(Error::CommError) => return LinkError::NoService,
            Err(error) => return translate(error, Step::Enter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_never_reached_the_reader_is_said_to_have_cost_nothing() {
        for error in [
            Error::UnsupportedFeature,
            Error::InvalidParameter,
            Error::InvalidValue,
        ] {
            assert_eq!(explain(error), Some(Err(LinkError::PinPadUnsupported)));
        }
        for error in [Error::NotTransacted, Error::CommError, Error::Timeout] {
            assert_eq!(explain(error), None, "{error:?}");
        }
    }

    #[test]
    fn a_cancellation_told_by_the_system_is_one_told_by_the_reader() {
        let told = explain(Error::CancelledByUser).unwrap().unwrap();
        assert_eq!(*told, [0x64, 0x01]);
    }

    #[test]
    fn a_removal_a_reset_and_a_reader_that_is_gone_keep_their_names() {
        for (error, expected) in [
            (Error::RemovedCard, LinkError::CardRemoved),
            (Error::ResetCard, LinkError::CardReset),
            (Error::ReaderUnavailable, LinkError::ReaderGone),
            (Error::NoService, LinkError::NoService),
        ] {
            assert_eq!(explain(error), Some(Err(expected)));
        }
    }
}
