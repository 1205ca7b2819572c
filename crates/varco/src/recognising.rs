//! Which card was put in, asked on the thread of its reader, and whether a card that came back is the same.
//!
//! Not here: what is done with the answer (`hub`, `presence`).

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};

use varco_card::{CardLink, Disposition, ReaderName};
use varco_credential::CardError;
use varco_pki::{Nis, Timestamp};
use varco_session::{CardSeen, Conversation, LoginError};

use crate::LoginOptions;
use crate::desk::{At, Job, Wanted, Work};
use crate::events::Event;
use crate::hub::Hub;
use crate::presence::Answered;
use crate::readers::fresh;

/// How long another program is waited for: it is no more than a look.
const WAIT: Duration = Duration::from_secs(2);

/// Finds out which card lies in a reader, and tells all who watch, if it is still that card.
pub(crate) fn job(reader: &ReaderName, hub: Weak<Hub>) -> Job {
    let name = reader.clone();
    Job {
        reader: Wanted::Exactly(reader.clone()),
        work: Work::new(move |at| {
            let insertion = hub.upgrade().map(|hub| hub.insertion(&name));
            // A driver that panics is told as what it is, and the reader can be asked again.
            let seen = catch_unwind(AssertUnwindSafe(|| {
                at.map_err(|error| error.code()).and_then(|at| look(&at))
            }))
            .unwrap_or(Err("thread-ended"));
            let event = match seen {
                Ok(card) => Event::Recognised {
                    reader: name.clone(),
                    card,
                },
                Err(code) => Event::NotRecognised {
                    reader: name.clone(),
                    code,
                },
            };
            if let (Some(hub), Some(insertion)) = (hub.upgrade(), insertion) {
                hub.recognised(&name, insertion, &event);
            }
        }),
    }
}

fn look(at: &At<'_>) -> Result<varco_credential::CardDescription, &'static str> {
    let mut link = at.connect(WAIT).map_err(|error| error.code())?;
    let mut conversation = Conversation::new(&mut *link, WAIT);
    let seen = CardSeen::recognise(&mut conversation, &at.core.cards).map(|seen| seen.description());
    leave(link);
    seen.map_err(|error| error.code())
}

/// Whether the identity card in a reader is the one with this number, and no copy. A card is not the same where nobody says
/// whom to believe about its origin.
pub(crate) fn is_same_document(at: &At<'_>, options: &Arc<LoginOptions>, number: &Nis) -> Answered {
    let (Ok(random), Ok(mut link)) = (fresh(), at.connect(options.wait.min(WAIT))) else {
        return Answered::Unreachable;
    };
    let mut conversation = Conversation::new(&mut *link, WAIT);
    let told = CardSeen::recognise(&mut conversation, &at.core.cards).and_then(|mut seen| {
        seen.verify_document(&mut conversation, options.trusted(), random, &Timestamp::now)
    });
    leave(link);
    match told {
        Ok(document) if document.nis() == number => Answered::Same,
        Ok(_) => Answered::Other,
        Err(LoginError::Card(CardError::Link(_))) => Answered::Unreachable,
        Err(error) => {
            tracing::debug!(
                code = error.code(),
                "a card came back and did not show that it is the same"
            );
            Answered::Other
        }
    }
}

fn leave(link: Box<dyn CardLink>) {
    // The card may be gone by now, which is no news to anybody.
    let _ = link.close(Disposition::Leave);
}
