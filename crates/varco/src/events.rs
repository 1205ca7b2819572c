//! What happens at the readers, as an application hears it: an iterator, a future for each event and, with feature `tokio`,
//! a stream.
//!
//! Not here: the threads that listen (`hub`).

use core::fmt;
use core::future::poll_fn;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use varco_apdu::Atr;
use varco_card::{LinkError, ReaderEvent, ReaderName};
use varco_credential::CardDescription;

use crate::choose::StartError;
use crate::desk::{self, Desk};
use crate::hub::{Hub, Inside, Lying};
use crate::recognising;
use crate::{CalledBack, Varco};

/// How many events wait for one who watches. Who is slower misses some, and is told so.
const ROOM: usize = 256;

/// Something that happened at the readers.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A reader is there.
    ReaderAdded(ReaderName),
    /// A reader is gone.
    ReaderGone(ReaderName),
    /// A card was put in, or lay there when the watch began.
    CardInserted {
        /// Where.
        reader: ReaderName,
        /// Its answer to reset.
        atr: Atr,
    },
    /// Something was put in that does not answer.
    CardMute(ReaderName),
    /// The card was taken out.
    CardRemoved(ReaderName),
    /// The card that was put in is of a known kind. Nothing about its holder was read.
    Recognised {
        /// Where it is.
        reader: ReaderName,
        /// What it is.
        card: CardDescription,
    },
    /// The card that was put in is of no kind to log in with, or could not be asked.
    NotRecognised {
        /// Where it is.
        reader: ReaderName,
        /// Why: a code that `messages` has texts for.
        code: &'static str,
    },
    /// The service behind some readers is gone; they were told as gone before. It is looked for again every second.
    ServiceLost(LinkError),
    /// It is back; its readers follow.
    ServiceBack,
    /// Events were missed, because nobody took them. What is there now follows as if it had just come; what is not told
    /// again is gone.
    Missed,
}

impl Event {
    /// Of what a driver tells; `None` for an event that no face knows yet.
    pub(crate) fn of(event: ReaderEvent) -> Option<Self> {
        Some(match event {
            ReaderEvent::ReaderAdded(reader) => Self::ReaderAdded(reader),
            ReaderEvent::ReaderGone(reader) => Self::ReaderGone(reader),
            ReaderEvent::CardInserted(reader, atr) => Self::CardInserted { reader, atr },
            ReaderEvent::CardMute(reader) => Self::CardMute(reader),
            ReaderEvent::CardRemoved(reader) => Self::CardRemoved(reader),
            _ => return None,
        })
    }
}

/// Whether cards that are put in are asked what they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Recognise {
    /// They are: a few commands for each, none of which needs a PIN, while no login of this program runs at that reader.
    #[default]
    Yes,
    /// They are left alone.
    No,
}

/// One who watches, as the hub sees him.
pub(crate) struct Subscriber {
    number: u64,
    events: VecDeque<Event>,
    recognise: Recognise,
    is_closed: bool,
    waker: Option<Waker>,
}

impl Subscriber {
    pub(crate) fn wants_recognised(&self) -> bool {
        self.recognise == Recognise::Yes
    }

    pub(crate) fn take_waker(&mut self) -> Option<Waker> {
        self.waker.take()
    }

    pub(crate) fn push(&mut self, event: &Event) {
        if self.events.front() == Some(&Event::Missed) {
            return;
        }
        if matches!(event, Event::Recognised { .. } | Event::NotRecognised { .. }) && !self.wants_recognised()
        {
            return;
        }
        if self.events.len() >= ROOM {
            self.events.clear();
            self.events.push_back(Event::Missed);
            return;
        }
        self.events.push_back(event.clone());
    }
}

/// What lies where now, as events.
fn present(inside: &Inside, recognise: Recognise) -> Vec<Event> {
    let lost = inside.lost.values();
    let mut all: Vec<Event> = lost.map(|error| Event::ServiceLost(error.clone())).collect();
    for (reader, seen) in &inside.readers {
        all.push(Event::ReaderAdded(reader.clone()));
        match &seen.lying {
            Lying::Nothing => {}
            Lying::Mute => all.push(Event::CardMute(reader.clone())),
            Lying::Card(atr) => all.push(Event::CardInserted {
                reader: reader.clone(),
                atr: atr.clone(),
            }),
        }
        all.extend(seen.recognised.clone().filter(|_| recognise == Recognise::Yes));
    }
    all
}

/// Watches all readers. The first events tell what is there. As an iterator it waits for each event, and ends when it is
/// [closed](Watch::closer); several may watch, and each hears everything.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (readers, hands) = varco::played::readers(&["cns-st"])?;
/// # let varco = varco::Varco::with_readers(vec![Box::new(readers)]);
/// use varco::{Event, Recognise};
///
/// let mut watch = varco.watch_with(Recognise::No)?;
/// assert!(matches!(watch.next(), Some(Event::ReaderAdded(_))));
/// assert!(matches!(watch.next(), Some(Event::CardInserted { .. })));
/// drop(hands[0].remove());
/// assert!(matches!(watch.next(), Some(Event::CardRemoved(_))));
/// # Ok(())
/// # }
/// ```
pub struct Watch {
    hub: Arc<Hub>,
    number: u64,
    recognise: Recognise,
    /// The threads last as long as somebody watches.
    desk: Arc<Desk>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl fmt::Debug for WatchCloser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchCloser").finish_non_exhaustive()
    }
}

/// Ends a watch from another thread.
#[derive(Clone)]
pub struct WatchCloser {
    hub: Arc<Hub>,
    number: u64,
}

impl WatchCloser {
    /// Ends it: whoever waits for an event hears that there is none any more.
    pub fn close(&self) {
        let mut inside = self.hub.lock();
        let ours = inside
            .subscribers
            .iter_mut()
            .find(|other| other.number == self.number);
        let waker = ours.and_then(|subscriber| {
            subscriber.is_closed = true;
            subscriber.waker.take()
        });
        drop(inside);
        self.hub.changed.notify_all();
        if let Some(waker) = waker {
            varco_handover::wake(waker);
        }
    }
}

impl Varco {
    /// Watches all readers, and says which cards are put in.
    ///
    /// # Errors
    /// [`StartError::NoThread`]. A service that is not there is an event.
    pub fn watch(&self) -> Result<Watch, StartError> {
        self.watch_with(Recognise::Yes)
    }

    /// Watches all readers.
    ///
    /// # Errors
    /// [`StartError::NoThread`].
    pub fn watch_with(&self, recognise: Recognise) -> Result<Watch, StartError> {
        let hub = self.desk.hub()?;
        let mut inside = hub.lock();
        inside.subscriptions += 1;
        let number = inside.subscriptions;
        let events: VecDeque<Event> = present(&inside, recognise).into();
        let cards = match recognise {
            Recognise::Yes => inside.take_to_recognise(),
            Recognise::No => Vec::new(),
        };
        inside.subscribers.push(Subscriber {
            number,
            events,
            recognise,
            is_closed: false,
            waker: None,
        });
        drop(inside);
        for name in cards {
            self.desk.hand_over(recognising::job(&name, Arc::downgrade(&hub)));
        }
        Ok(Watch {
            hub,
            number,
            recognise,
            desk: Arc::clone(&self.desk),
        })
    }
}

/// What a look at the events gave.
enum Look {
    Event(Event),
    Nothing,
    Closed,
}

impl Watch {
    /// The next event, waited for at most so long; `None` where nothing happened, or the watch is closed.
    ///
    /// # Errors
    /// [`CalledBack`] within a callback of a login, whose thread would wait for itself.
    pub fn next_within(&mut self, wait: Duration) -> Result<Option<Event>, CalledBack> {
        if desk::is_own_thread() {
            return Err(CalledBack);
        }
        // What is later than any instant is waited for without end.
        Ok(self.wait(Instant::now().checked_add(wait)))
    }

    /// The next event as a future; `None` once the watch is closed. Dropping it loses no event.
    pub async fn next_event(&mut self) -> Option<Event> {
        poll_fn(|context| self.poll(context)).await
    }

    /// What ends this watch from elsewhere.
    #[must_use]
    pub fn closer(&self) -> WatchCloser {
        WatchCloser {
            hub: Arc::clone(&self.hub),
            number: self.number,
        }
    }

    /// Has cards asked that lie there and were not, for one who missed something.
    fn after(&self, event: Event) -> Event {
        if event == Event::Missed && self.recognise == Recognise::Yes {
            let cards = self.hub.lock().take_to_recognise();
            for name in cards {
                self.desk
                    .hand_over(recognising::job(&name, Arc::downgrade(&self.hub)));
            }
        }
        event
    }

    fn wait(&self, until: Option<Instant>) -> Option<Event> {
        let mut inside = self.hub.lock();
        loop {
            match self.look(&mut inside) {
                Look::Event(event) => {
                    drop(inside);
                    return Some(self.after(event));
                }
                Look::Closed => return None,
                Look::Nothing => {}
            }
            let Some(until) = until else {
                inside = self
                    .hub
                    .changed
                    .wait(inside)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            inside = self
                .hub
                .changed
                .wait_timeout(inside, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Option<Event>> {
        // Outside the lock, as all that is done with it: a waker is somebody else's.
        let waker = context.waker().clone();
        let mut inside = self.hub.lock();
        let looked = self.look(&mut inside);
        let old = match &looked {
            Look::Nothing => inside.of(self.number).and_then(|ours| ours.waker.replace(waker)),
            _ => None,
        };
        drop(inside);
        drop(old);
        match looked {
            Look::Event(event) => Poll::Ready(Some(self.after(event))),
            Look::Closed => Poll::Ready(None),
            Look::Nothing => Poll::Pending,
        }
    }

    /// Takes the next event.
    fn look(&self, inside: &mut Inside) -> Look {
        let is_over = inside.is_over();
        let has_missed = |ours: &mut Subscriber| ours.events.front() == Some(&Event::Missed);
        let present = if inside.of(self.number).is_some_and(has_missed) {
            present(inside, self.recognise)
        } else {
            Vec::new()
        };
        let Some(subscriber) = inside.of(self.number) else {
            return Look::Closed;
        };
        match subscriber.events.pop_front() {
            Some(Event::Missed) => {
                subscriber.events.extend(present);
                Look::Event(Event::Missed)
            }
            Some(event) => Look::Event(event),
            None if is_over || subscriber.is_closed => Look::Closed,
            None => Look::Nothing,
        }
    }
}

impl Inside {
    /// One who watches.
    fn of(&mut self, number: u64) -> Option<&mut Subscriber> {
        self.subscribers.iter_mut().find(|other| other.number == number)
    }
}

impl Iterator for Watch {
    type Item = Event;

    /// The next event, waited for; none once the watch is closed, nor within a callback of a login, whose thread would wait
    /// for itself.
    fn next(&mut self) -> Option<Event> {
        if desk::is_own_thread() {
            return None;
        }
        self.wait(None)
    }
}

#[cfg(feature = "tokio")]
impl futures_core::Stream for Watch {
    type Item = Event;

    fn poll_next(self: core::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll(context)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut inside = self.hub.lock();
        let at = inside
            .subscribers
            .iter()
            .position(|other| other.number == self.number);
        let gone = at.map(|at| inside.subscribers.swap_remove(at));
        drop(inside);
        // Outside the lock: its waker is somebody else's.
        drop(gone);
    }
}
