//! Whether a list that is rightly signed may take the place of the one held before, at an instant.
//!
//! Not here: keeping lists, and the clock.

use std::time::Duration;

use varco_pki::Timestamp;

use super::{ListError, TrustedList};

/// What must be kept of a list to tell whether the next one is newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListState {
    /// Its territory, such as `IT`: lists of two have no order. It decides the type too ([`TrustedList::open`]).
    pub territory: String,
    /// Its TSLSequenceNumber.
    pub sequence_number: u64,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// SHA-256 of all its bytes.
    pub sha256: [u8; 32],
}

/// How fresh an accepted list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Its next update is not due yet.
    Fresh {
        /// When it will be.
        until: Timestamp,
    },
    /// Its next update is due, but the grace has not passed.
    InGrace {
        /// Since when it is due.
        since: Timestamp,
        /// When the grace ends.
        until: Timestamp,
    },
}

/// Decides whether a list may be used at `now`, after the one held before.
///
/// Numbers never go back, and neither do issue dates: a number that rises while the date falls contradicts itself.
/// Under an equal number the same bytes are the same list; other bytes are taken only if they were issued later, because
/// two lists of one number and one date have no order, and whoever can serve both could choose.
/// Clocks are given no slack here: whoever has a bad one passes a later `now`.
///
/// # Errors
/// [`ListError::Territory`] where the one held is another's, [`ListError::Future`], [`ListError::Backwards`], [`ListError::NumberReused`], [`ListError::Closed`],
/// [`ListError::Stale`].
pub fn accept(
    list: &TrustedList,
    previous: Option<&ListState>,
    now: Timestamp,
    grace: Duration,
) -> Result<Freshness, ListError> {
    let state = list.state();
    if state.issued_at > now {
        return Err(ListError::Future);
    }
    if let Some(previous) = previous {
        follows(&state, previous)?;
    }
    let next_update = list.next_update().ok_or(ListError::Closed)?;
    // A grace beyond the last instant that there is has no end.
    let until = next_update.checked_add(grace).unwrap_or(Timestamp::MAX);
    if now <= next_update {
        Ok(Freshness::Fresh { until: next_update })
    } else if now <= until {
        Ok(Freshness::InGrace {
            since: next_update,
            until,
        })
    } else {
        Err(ListError::Stale)
    }
}

fn follows(state: &ListState, previous: &ListState) -> Result<(), ListError> {
    if state.territory != previous.territory {
        return Err(ListError::Territory);
    }
    if state.sha256 == previous.sha256 {
        return Ok(());
    }
    if state.sequence_number < previous.sequence_number || state.issued_at < previous.issued_at {
        return Err(ListError::Backwards);
    }
    if state.sequence_number == previous.sequence_number && state.issued_at == previous.issued_at {
        return Err(ListError::NumberReused);
    }
    Ok(())
}
