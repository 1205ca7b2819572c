//! For how long somebody who logged in counts as present: while the card stays, within its time, until he logs out.
//!
//! Not here: who is told of the end ([`LoggedIn`](crate::LoggedIn)), and who hears of cards (`hub`).

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use varco_apdu::Atr;
use varco_card::ReaderName;
use varco_handover::{Sender, Signal};
use varco_messages::{Locale, Messages};

use crate::desk::{self, At, Job, Wanted, Work};

/// Why somebody does not count as logged in any more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Ended {
    /// The card left its reader; a contactless one did not come back in time, or another one came.
    CardRemoved,
    /// The reader, or the service behind it, is gone.
    ReaderGone,
    /// The time of the login is over.
    TimeOver,
    /// The application logged him out, or let go of the [`LoggedIn`](crate::LoggedIn).
    LoggedOut,
    /// A card that was kept was lost to another program, or does not answer any more.
    CardLost,
}

impl Ended {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CardRemoved,
        Self::ReaderGone,
        Self::TimeOver,
        Self::LoggedOut,
        Self::CardLost,
    ];

    /// What it means for a person.
    #[must_use]
    pub fn explain(self, locale: Locale) -> String {
        Messages::shared(locale).text(self.code(), &[])
    }

    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CardRemoved => "session-card-removed",
            Self::ReaderGone => "session-reader-gone",
            Self::TimeOver => "session-time-over",
            Self::LoggedOut => "session-logged-out",
            Self::CardLost => "session-card-lost",
        }
    }
}

/// What came of asking a card that came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answered {
    /// It is the same, and no copy.
    Same,
    /// It is another one, or did not show that it is the same.
    Other,
    /// It could not be asked.
    Unreachable,
}

/// Has a card that came back prove that it is the same one.
pub(crate) type Recheck = Box<dyn Fn(&At<'_>) -> Answered + Send + Sync>;

/// How long a card may be away, and how it is known again.
pub(crate) struct Grace {
    pub(crate) away_max: Duration,
    pub(crate) recheck: Recheck,
}

/// Whether those who watch can see into the reader while the login lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Watched {
    /// They can.
    Yes,
    /// The reader is held for this login: whoever holds it sees.
    No,
}

/// How long those who watch may take to see a card that lies there.
const SEEN_MAX: Duration = Duration::from_secs(5);

/// How long a card that came back may take to prove that it is the same, its turn at the reader included.
const RECHECK_MAX: Duration = Duration::from_secs(5);

/// How often it is asked again because it left and came back meanwhile.
const RECHECKS_MAX: u32 = 3;

/// An instant after another, however far.
fn later(now: Instant, by: Duration) -> Instant {
    now.checked_add(by).unwrap_or(now)
}

/// Which card it is, and where.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) reader: ReaderName,
    pub(crate) atr: Atr,
    /// SHA-256 of its certificate.
    pub(crate) card: Option<[u8; 32]>,
}

struct Inner {
    place: Place,
    ended: Signal<Ended>,
    until: Option<Instant>,
    grace: Option<Grace>,
    watched: Watched,
    away: Mutex<Away>,
}

/// Where the card is.
#[derive(Clone, Copy)]
enum Away {
    /// There, as far as is known.
    No,
    /// Nobody who watches has seen it yet; until this instant at the latest.
    Unseen(Instant),
    /// Out of the field, until this instant at the latest.
    Until(Instant),
    /// Something is back and is asked whether it is the same.
    Rechecked {
        /// When the grace ends, should it leave again.
        until: Instant,
        /// When the answer must be there.
        by: Instant,
        since: Since,
    },
}

/// What was heard of a card since it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    Nothing,
    Left,
    Back,
}

/// One login, as whoever hears of its card sees it.
#[derive(Clone)]
pub(crate) struct Presence(Arc<Inner>);

/// What a change means.
pub(crate) enum Verdict {
    Ended(Ended),
    Recheck,
}

impl Presence {
    pub(crate) fn new(
        place: Place,
        ended: Signal<Ended>,
        until: Option<Instant>,
        grace: Option<Grace>,
        watched: Watched,
    ) -> Self {
        Self(Arc::new(Inner {
            place,
            ended,
            until,
            grace,
            watched,
            away: Mutex::new(Away::No),
        }))
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    /// Whether it has not ended.
    pub(crate) fn is_wanted(&self) -> bool {
        self.0.ended.value().is_none()
    }

    fn away(&self) -> MutexGuard<'_, Away> {
        self.0.away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reader_gone(&self) -> Option<Verdict> {
        Some(Verdict::Ended(Ended::ReaderGone))
    }

    pub(crate) fn card_removed(&self, now: Instant) -> Option<Verdict> {
        let Some(grace) = &self.0.grace else {
            return Some(Verdict::Ended(Ended::CardRemoved));
        };
        let mut away = self.away();
        *away = match *away {
            Away::No | Away::Unseen(_) => Away::Until(later(now, grace.away_max)),
            Away::Until(until) => Away::Until(until),
            Away::Rechecked { until, by, .. } => Away::Rechecked {
                until,
                by,
                since: Since::Left,
            },
        };
        None
    }

    /// A card with this answer to reset was put in.
    pub(crate) fn card_inserted(&self, atr: &Atr, now: Instant) -> Option<Verdict> {
        let mut away = self.away();
        let (next, verdict) = match *away {
            Away::No => (Away::No, None),
            Away::Rechecked { until, by, since } => {
                let since = if since == Since::Left { Since::Back } else { since };
                (Away::Rechecked { until, by, since }, None)
            }
            Away::Until(_) | Away::Unseen(_) if *atr != self.0.place.atr => {
                (*away, Some(Verdict::Ended(Ended::CardRemoved)))
            }
            Away::Unseen(_) if self.0.grace.is_none() => (Away::No, None),
            Away::Until(until) | Away::Unseen(until) => {
                let by = later(now, RECHECK_MAX);
                let since = Since::Nothing;
                (Away::Rechecked { until, by, since }, Some(Verdict::Recheck))
            }
        };
        *away = next;
        verdict
    }

    /// Somebody logged in at the same reader: with the same card, which was there then and is back if those who watch see it; or
    /// with another, and this one is gone.
    pub(crate) fn superseded(&self, by: &Place, is_seen: bool, now: Instant) -> Option<Verdict> {
        if self.0.place.card.is_none() || self.0.place.card != by.card {
            return Some(Verdict::Ended(Ended::CardRemoved));
        }
        let mut away = self.away();
        *away = match *away {
            Away::No => Away::No,
            _ if is_seen => Away::No,
            // It may leave before anybody sees it, and nobody would tell.
            _ => Away::Unseen(later(now, SEEN_MAX)),
        };
        None
    }

    /// Nobody who watches has seen the card yet, which lay there a moment ago.
    pub(crate) fn is_unseen(&self, now: Instant) {
        if self.0.watched == Watched::Yes {
            *self.away() = Away::Unseen(later(now, SEEN_MAX));
        }
    }

    /// What the time means.
    pub(crate) fn due(&self, now: Instant) -> Option<Verdict> {
        if self.0.until.is_some_and(|until| until <= now) {
            return Some(Verdict::Ended(Ended::TimeOver));
        }
        let is_over = self.away_until().is_some_and(|until| until <= now);
        is_over.then_some(Verdict::Ended(Ended::CardRemoved))
    }

    /// When time means something next.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.0.until.into_iter().chain(self.away_until()).min()
    }

    fn away_until(&self) -> Option<Instant> {
        match *self.away() {
            Away::No => None,
            Away::Until(until) | Away::Unseen(until) | Away::Rechecked { by: until, .. } => Some(until),
        }
    }

    /// Does what a change means.
    pub(crate) fn settle(self, verdict: Verdict, front: Option<&Sender<Job>>) {
        match (verdict, front) {
            (Verdict::Ended(why), _) => {
                self.0.ended.set(why);
            }
            (Verdict::Recheck, Some(front)) => {
                let reader = Wanted::Exactly(self.0.place.reader.clone());
                let work = Work::new(move |at| self.recheck(at.ok().as_ref()));
                desk::offer(front, Job { reader, work });
            }
            (Verdict::Recheck, None) => self.recheck(None),
        }
    }

    /// Asks what came back, again where it left and came back meanwhile.
    fn recheck(&self, at: Option<&At<'_>>) {
        for _ in 0..RECHECKS_MAX {
            let answered = match (&self.0.grace, at) {
                (Some(grace), Some(at)) => (grace.recheck)(at),
                _ => Answered::Other,
            };
            let mut away = self.away();
            let Away::Rechecked { until, by, since } = *away else {
                // Somebody logged in with it meanwhile, or all is over.
                return;
            };
            match (answered, since) {
                (Answered::Other, _) => break,
                (Answered::Same, Since::Nothing) => {
                    *away = Away::No;
                    return;
                }
                (_, Since::Back) => {
                    let since = Since::Nothing;
                    *away = Away::Rechecked { until, by, since };
                }
                // Gone again: its grace goes on.
                (_, Since::Left) | (Answered::Unreachable, Since::Nothing) => {
                    *away = Away::Until(until);
                    return;
                }
            }
        }
        self.0.ended.set(Ended::CardRemoved);
    }
}
