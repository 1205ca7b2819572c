//! Which reader is meant, when one is named and when none is.
//!
//! Not here: connecting to it.

use varco_card::{CardPresence, LinkError, ReaderName, ReaderState};

/// Why no card could be taken up.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no reader at all.
    #[error("there is no reader")]
    NoReader,
    /// No reader has this name or a name that contains it.
    #[error("no reader is called `{wanted}`")]
    NoSuchReader {
        /// What was asked for.
        wanted: String,
        /// The readers there are.
        readers: Vec<ReaderName>,
    },
    /// Several readers fit, or several hold a card, or may hold one, and none was named.
    #[error("several readers could be meant")]
    SeveralReaders {
        /// Those that fit.
        readers: Vec<ReaderName>,
    },
    /// No reader that fits holds a card.
    #[error("there is no card in the reader")]
    NoCard,
    /// The card in the reader does not answer.
    #[error("the card does not answer")]
    CardMute,
    /// The readers could not be asked, or the card not connected to.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Access is to be decided as of another instant, and no test material is permitted.
    #[error("access is decided as of another instant only where test material is permitted")]
    ReplayRefused,
    /// The access rules do not know the service; nobody is asked for a PIN for it.
    #[error("the access rules do not know the service `{service}`")]
    UnknownService {
        /// What was asked for.
        service: String,
        /// Those that they know.
        known: Vec<String>,
    },
    /// As many logins wait for this reader, or for any, as may.
    #[error("too many logins wait already")]
    TooManyWait,
    /// It was called, and was to be waited for, within a callback of the thread that it would have waited for.
    #[error("a callback waits for the thread that called it")]
    CalledBack,
    /// The system gave no thread.
    #[error("the system gave no thread")]
    NoThread,
    /// The thread of the reader ended while it worked: a defect.
    #[error("the thread of the reader ended unexpectedly")]
    ThreadEnded,
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness,
}

impl StartError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoReader => "no-reader",
            Self::NoSuchReader { .. } => "no-such-reader",
            Self::SeveralReaders { .. } => "several-cards",
            Self::NoCard => "no-card",
            Self::CardMute => "card-mute",
            Self::Link(error) => error.code(),
            Self::ReplayRefused => "access-at-refused",
            Self::UnknownService { .. } => "service-unknown",
            Self::TooManyWait => "too-many-logins",
            Self::CalledBack => "called-back",
            Self::NoThread => "no-thread",
            Self::ThreadEnded => "thread-ended",
            Self::NoRandomness => "no-randomness",
        }
    }
}

/// The one reader that is meant.
///
/// A name is matched whole first, then as a part without regard to case. Without a name it is the only reader
/// that holds a card.
pub(crate) fn choose(readers: &[ReaderState], wanted: Option<&str>) -> Result<ReaderName, StartError> {
    if readers.is_empty() {
        return Err(StartError::NoReader);
    }
    let named: Vec<&ReaderState> = match wanted {
        None => readers.iter().collect(),
        Some(wanted) => {
            let whole: Vec<_> = readers.iter().filter(|r| r.name.as_str() == wanted).collect();
            if whole.is_empty() {
                let part = wanted.to_lowercase();
                readers
                    .iter()
                    .filter(|r| r.name.as_str().to_lowercase().contains(&part))
                    .collect()
            } else {
                whole
            }
        }
    };
    if let (true, Some(wanted)) = (named.is_empty(), wanted) {
        let readers = readers.iter().map(|r| r.name.clone()).collect();
        return Err(StartError::NoSuchReader {
            wanted: wanted.to_owned(),
            readers,
        });
    }
    // A reader that cannot tell may hold the card that is meant: nobody guesses.
    let holding: Vec<_> = named.iter().filter(|r| r.card != CardPresence::Absent).collect();
    match holding.as_slice() {
        [] => Err(StartError::NoCard),
        [only] => match &only.card {
            CardPresence::Mute => Err(StartError::CardMute),
            // One that is in use is waited for; one that fails is not tried.
            CardPresence::Unknown(error) if !only.card.is_in_use() => Err(error.clone().into()),
            _ => Ok(only.name.clone()),
        },
        several => Err(StartError::SeveralReaders {
            readers: several.iter().map(|r| r.name.clone()).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use varco_apdu::Atr;

    use super::*;

    fn reader(name: &str, card: &str) -> ReaderState {
        let card = match card {
            "card" => CardPresence::Present(Atr::new(&[0x3B, 0x00]).unwrap()),
            "mute" => CardPresence::Mute,
            "in use" => CardPresence::Unknown(LinkError::ReaderHeld { by: Vec::new() }),
            "fails" => CardPresence::Unknown(LinkError::DriverCrashed),
            _ => CardPresence::Absent,
        };
        ReaderState {
            name: ReaderName::new(name),
            card,
        }
    }

    fn code(readers: &[ReaderState], wanted: Option<&str>) -> String {
        match choose(readers, wanted) {
            Ok(name) => name.as_str().to_owned(),
            Err(error) => error.code().to_owned(),
        }
    }

    #[test]
    fn without_a_name_it_is_the_only_reader_that_holds_a_card() {
        assert_eq!(code(&[], None), "no-reader");
        assert_eq!(code(&[reader("A", ""), reader("B", "")], None), "no-card");
        assert_eq!(code(&[reader("A", ""), reader("B", "card")], None), "B");
        assert_eq!(
            code(&[reader("A", "card"), reader("B", "card")], None),
            "several-cards"
        );
        assert_eq!(code(&[reader("A", "mute")], None), "card-mute");
        // What another program holds is waited for, and could be the one that is meant.
        assert_eq!(code(&[reader("A", ""), reader("B", "in use")], None), "B");
        let both = [reader("A", "card"), reader("B", "in use")];
        assert_eq!(code(&both, None), "several-cards");
        assert_eq!(code(&both, Some("A")), "A");
        // So could one that fails, which is told where it is the only one.
        let one_fails = [reader("A", "card"), reader("B", "fails")];
        assert_eq!(code(&one_fails, None), "several-cards");
        assert_eq!(code(&one_fails, Some("A")), "A");
        assert_eq!(code(&one_fails, Some("B")), "reader-driver-crashed");
        assert_eq!(
            code(&[reader("A", ""), reader("B", "fails")], None),
            "reader-driver-crashed"
        );
    }

    #[test]
    fn a_name_is_matched_whole_before_it_is_matched_in_part() {
        let readers = [
            reader("Reader 1", "card"),
            reader("Reader 10", "card"),
            reader("Other", ""),
        ];
        assert_eq!(code(&readers, Some("Reader 1")), "Reader 1");
        assert_eq!(code(&readers, Some("reader")), "several-cards");
        assert_eq!(code(&readers, Some("reader 10")), "Reader 10");
        assert_eq!(code(&readers, Some("other")), "no-card");
        assert_eq!(code(&readers, Some("nfc")), "no-such-reader");
    }
}
