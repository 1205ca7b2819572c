//! The system's errors in the words of the contract: one match, with reasons.
//!
//! Not here: the second look that tells a removal from a broken line; the worker takes it, having the card.

use varco_card::LinkError;

/// What was being done when the system complained; the same number means different things.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    List,
    Watch,
    Connect,
    Begin,
    Transmit,
    Enter,
    Reset,
    End,
    Close,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::List => "listing the readers",
            Self::Watch => "watching the readers",
            Self::Connect => "connecting to the card",
            Self::Begin => "taking the card",
            Self::Transmit => "sending a command",
            Self::Enter => "an entry on the pin pad",
            Self::Reset => "resetting the card",
            Self::End => "giving the card back",
            Self::Close => "disconnecting from the card",
        }
    }

    /// Whether a connection to a card stood already, so that what is missing now was there before.
    fn is_connected(self) -> bool {
        !matches!(self, Self::List | Self::Watch | Self::Connect)
    }
}

/// Says what an error of the system means at this step.
pub(crate) fn translate(error: pcsc::Error, step: Step) -> LinkError {
    use pcsc::Error as E;
    match error {
        E::NoService | E::ServiceStopped | E::Shutdown => LinkError::NoService,
        // The service no longer knows what it gave us: it was restarted in between.
        E::InvalidHandle => LinkError::NoService,
        // Before there is a card only the service can be at the other end of a broken line.
        E::CommError if !step.is_connected() => LinkError::NoService,
        // polkit said no, or the user may not.
        E::SecurityViolation | E::NoAccess => LinkError::ServiceRefused,
        E::UnknownReader | E::ReaderUnavailable | E::NoReadersAvailable if step.is_connected() => {
            LinkError::ReaderGone
        }
        E::UnknownReader | E::ReaderUnavailable | E::NoReadersAvailable => LinkError::NoReader,
        E::SharingViolation => LinkError::ReaderBusy,
        E::NoSmartcard | E::RemovedCard if step.is_connected() => LinkError::CardRemoved,
        E::NoSmartcard | E::RemovedCard => LinkError::NoCard,
        // The driver reports the protocol of an empty slot when a card is pulled out during a command.
        E::ProtoMismatch if matches!(step, Step::Transmit | Step::Enter) => LinkError::CardRemoved,
        E::ProtoMismatch if step == Step::Connect => LinkError::Protocol {
            what: "the card speaks neither T=0 nor T=1",
        },
        E::UnresponsiveCard | E::UnpoweredCard | E::UnsupportedCard | E::InvalidAtr => LinkError::CardMute,
        E::ResetCard => LinkError::CardReset,
        E::NotTransacted | E::CommError | E::CommDataLost => LinkError::Protocol {
            what: "the line between reader and card failed",
        },
        // Ours holds the longest answer there is.
        E::InsufficientBuffer => LinkError::Protocol {
            what: "an answer longer than any APDU",
        },
        other => LinkError::System {
            what: step.name(),
            code: other as u32,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pcsc::Error as E;

    #[test]
    fn what_is_missing_before_a_connection_is_absent_and_afterwards_gone() {
        for (error, before, after) in [
            (E::NoSmartcard, LinkError::NoCard, LinkError::CardRemoved),
            (E::RemovedCard, LinkError::NoCard, LinkError::CardRemoved),
            (E::UnknownReader, LinkError::NoReader, LinkError::ReaderGone),
            (E::ReaderUnavailable, LinkError::NoReader, LinkError::ReaderGone),
        ] {
            assert_eq!(translate(error, Step::Connect), before);
            for step in [Step::Begin, Step::Transmit, Step::Reset, Step::End, Step::Close] {
                assert_eq!(translate(error, step), after);
            }
        }
    }

    #[test]
    fn a_service_that_is_absent_stopped_or_new_is_no_service_at_every_step() {
        for step in [
            Step::List,
            Step::Watch,
            Step::Connect,
            Step::Begin,
            Step::Transmit,
            Step::Close,
        ] {
            for error in [E::NoService, E::ServiceStopped, E::InvalidHandle] {
                assert_eq!(translate(error, step), LinkError::NoService);
            }
        }
        assert_eq!(translate(E::CommError, Step::Watch), LinkError::NoService);
    }

    #[test]
    fn refusal_occupation_muteness_and_reset_keep_their_own_names() {
        assert_eq!(
            translate(E::SecurityViolation, Step::List),
            LinkError::ServiceRefused
        );
        assert_eq!(
            translate(E::SharingViolation, Step::Connect),
            LinkError::ReaderBusy
        );
        assert_eq!(translate(E::UnresponsiveCard, Step::Connect), LinkError::CardMute);
        assert_eq!(translate(E::UnpoweredCard, Step::Connect), LinkError::CardMute);
        assert_eq!(translate(E::ResetCard, Step::Begin), LinkError::CardReset);
    }

    #[test]
    fn a_protocol_mismatch_during_a_command_is_a_removal_and_never_so_on_connecting() {
        assert_eq!(
            translate(E::ProtoMismatch, Step::Transmit),
            LinkError::CardRemoved
        );
        assert_eq!(translate(E::ProtoMismatch, Step::Connect).code(), "link-protocol");
    }

    #[test]
    fn an_unforeseen_error_keeps_the_systems_number() {
        assert_eq!(
            translate(E::NoMemory, Step::Connect),
            LinkError::System {
                what: "connecting to the card",
                code: 0x8010_0006
            }
        );
    }
}
