//! Looking at the reader: whether a card is in it, and which.
//!
//! Not here: hands.

use std::thread::sleep;
use std::time::{Duration, Instant};

use varco::Varco;
use varco::steps::{CardPresence, CardSeen, Conversation, Disposition};
use varco_card::InsertionCount;

use crate::target::Hindrance;

/// How often to look.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// What is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// No card.
    Nothing,
    /// A card, answering or mute.
    Card,
}

/// Something that looks at the reader.
pub trait Eye: Send + Sync {
    /// What is seen now.
    ///
    /// # Errors
    /// `bench-rig-reader` where there is no such reader or its service does not answer.
    fn look(&self) -> Result<Seen, Hindrance>;

    /// Looks until this is seen, asking in between whether to go on.
    ///
    /// # Errors
    /// `bench-rig-card-unseen` and `bench-rig-card-stays` when time is over, what `go_on` says, and what [`Eye::look`] says
    /// where nothing was seen at the end.
    fn wait_for(
        &self,
        wanted: Seen,
        limit: Duration,
        go_on: &mut dyn FnMut() -> Result<(), Hindrance>,
    ) -> Result<(), Hindrance> {
        let begun = Instant::now();
        loop {
            let seen = self.look();
            if seen == Ok(wanted) {
                return Ok(());
            }
            go_on()?;
            if begun.elapsed() >= limit {
                seen?;
                let code = match wanted {
                    Seen::Card => "bench-rig-card-unseen",
                    Seen::Nothing => "bench-rig-card-stays",
                };
                return Err(Hindrance::rig(code, format!("within {} s", limit.as_secs())));
            }
            sleep(LOOK_INTERVAL.min(limit.saturating_sub(begun.elapsed())));
        }
    }
}

/// Looks at a reader of `varco` by its name or a part of it.
pub struct ReaderEye {
    varco: Varco,
    reader: String,
}

impl ReaderEye {
    /// Looks at this reader; of several that the name fits, at the first.
    #[must_use]
    pub fn new(varco: Varco, reader: &str) -> Self {
        Self {
            varco,
            reader: reader.to_owned(),
        }
    }
}

impl Eye for ReaderEye {
    fn look(&self) -> Result<Seen, Hindrance> {
        let blind = |detail: String| Hindrance::rig("bench-rig-reader", detail);
        let readers = self.varco.readers().map_err(|error| blind(error.to_string()))?;
        let state = readers
            .into_iter()
            .find(|state| state.name.as_str().contains(&self.reader))
            .ok_or_else(|| blind(format!("there is no reader {}", self.reader)))?;
        match state.card {
            CardPresence::Absent => Ok(Seen::Nothing),
            CardPresence::Present(_) | CardPresence::Mute => Ok(Seen::Card),
            card if card.is_in_use() => Ok(Seen::Card),
            CardPresence::Unknown(error) => Err(blind(error.to_string())),
        }
    }
}

/// What a card tells of itself without any PIN.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// `cns` or `cie`.
    pub kind: &'static str,
    /// The maker's profile by which it was recognised.
    pub profile: String,
    /// Its number: of a CNS the card number, of a CIE the NIS. None where the card has none that can be read.
    pub serial: Option<String>,
    /// Which insertion it is; none where nobody counts.
    pub insertion: Option<InsertionCount>,
}

/// Recognises the card in a reader, and reads its number. No PIN is needed, and no try spent.
///
/// # Errors
/// `bench-rig-card-unread`.
pub fn known(varco: &Varco, reader: Option<&str>, wait: Duration) -> Result<Known, Hindrance> {
    let unread = |error: &dyn core::fmt::Display| Hindrance::rig("bench-rig-card-unread", error);
    let mut link = varco.connect(reader, wait).map_err(|error| unread(&error))?;
    let insertion = link.insertion();
    let mut conversation = Conversation::new(&mut *link, wait);
    let read = CardSeen::recognise(&mut conversation, varco.card_drivers()).map(|mut seen| {
        let description = seen.description();
        let serial = if seen.card().as_document().is_some() {
            let number = seen.read_number(&mut conversation);
            number.ok().map(|number| number.as_str().to_owned())
        } else {
            let number = conversation.hold(|channel| seen.card().read_card_id(channel));
            number.ok().map(|number| number.as_str().to_owned())
        };
        Known {
            kind: description.kind.name(),
            profile: description.profile,
            serial,
            insertion,
        }
    });
    // A card that is gone needs no leave.
    let _ = link.close(Disposition::Leave);
    read.map_err(|error| unread(&error))
}

/// Which insertion the card in the reader is, without a word to the card.
///
/// # Errors
/// `bench-rig-card-unread` where there is none.
pub fn insertion(varco: &Varco, reader: &str, wait: Duration) -> Result<Option<InsertionCount>, Hindrance> {
    let link = varco
        .connect(Some(reader), wait)
        .map_err(|error| Hindrance::rig("bench-rig-card-unread", error))?;
    let insertion = link.insertion();
    // A card that is gone needs no leave.
    let _ = link.close(Disposition::Leave);
    Ok(insertion)
}
