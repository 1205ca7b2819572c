//! What happens at the readers, for all who want to know: watches, and logins that last as long as their card stays.
//!
//! One thread for each reader driver listens to its watch; one more keeps the time. What they learn stands under one lock.
//!
//! Not here: the face of a watch (`events`), and what a login that ended means (`logged_in`).

use core::time::Duration;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use varco_apdu::Atr;
use varco_card::{LinkError, ReaderDriver, ReaderEvent, ReaderName};
use varco_handover::Sender;

use crate::choose::StartError;
use crate::desk::{self, Job};
use crate::events::{Event, Subscriber};
use crate::presence::{Ended, Presence, Verdict};
use crate::readers::Core;
use crate::recognising;
use crate::running::Stopper;

/// How long a driver's watch is listened to before the end is looked for.
const SLICE: Duration = Duration::from_millis(250);
/// Between two attempts at a service that is gone.
const RETRY: Duration = Duration::from_secs(1);
/// How long the keeper of time sleeps where nothing is due.
const DOZE: Duration = Duration::from_secs(60);
/// How many readers are kept track of; no system has as many. A login at another one ends soon, as nobody sees its card.
const READERS_MAX: usize = 512;

/// What lies in a reader, as last heard.
#[derive(Clone, Debug, Default)]
pub(crate) enum Lying {
    #[default]
    Nothing,
    Mute,
    Card(Atr),
}

/// A reader, as last heard of.
pub(crate) struct Seen {
    driver: usize,
    pub(crate) lying: Lying,
    /// The number of the last insertion; none is given twice.
    insertion: u64,
    /// Whether somebody is about to ask which card it is.
    is_being_recognised: bool,
    /// What came of that.
    pub(crate) recognised: Option<Event>,
}

pub(crate) struct Inside {
    pub(crate) readers: BTreeMap<ReaderName, Seen>,
    /// The number of the last time that a card was taken out of a reader, or the reader went: it outlasts the reader.
    departures: BTreeMap<ReaderName, u64>,
    /// That of readers which are not in there.
    forgotten: u64,
    /// Numbers what happens.
    happenings: u64,
    /// Drivers whose service is gone.
    pub(crate) lost: BTreeMap<usize, LinkError>,
    pub(crate) subscribers: Vec<Subscriber>,
    pub(crate) subscriptions: u64,
    presences: Vec<Presence>,
    deadlines: Vec<(Instant, Stopper)>,
    front: Option<Sender<Job>>,
}

/// The knowledge, and the threads that gather it.
pub(crate) struct Hub {
    inside: Mutex<Inside>,
    pub(crate) changed: Condvar,
    /// Rings for the keeper of time alone.
    due: Condvar,
}

impl Hub {
    /// Starts its threads.
    pub(crate) fn start(core: &Arc<Core>, front: Sender<Job>) -> Result<Arc<Self>, StartError> {
        let hub = Arc::new(Self {
            inside: Mutex::new(Inside {
                readers: BTreeMap::new(),
                departures: BTreeMap::new(),
                forgotten: 0,
                happenings: 0,
                lost: BTreeMap::new(),
                subscribers: Vec::new(),
                subscriptions: 0,
                presences: Vec::new(),
                deadlines: Vec::new(),
                front: Some(front),
            }),
            changed: Condvar::new(),
            due: Condvar::new(),
        });
        let keeper = Arc::clone(&hub);
        let started = desk::start("varco-clock", move || keeper.keep_time()).and_then(|()| {
            (0..core.drivers().len()).try_for_each(|driver| {
                let (hub, core) = (Arc::clone(&hub), Arc::clone(core));
                desk::start("varco-watch", move || hub.listen(&core, driver))
            })
        });
        if let Err(error) = started {
            hub.stop();
            return Err(error);
        }
        Ok(hub)
    }

    /// Ends its threads, soon, and every watch.
    pub(crate) fn stop(&self) {
        let mut inside = self.lock();
        inside.front = None;
        let presences = core::mem::take(&mut inside.presences);
        let deadlines = core::mem::take(&mut inside.deadlines);
        let woken = wake(&mut inside);
        drop(inside);
        self.tell(woken);
        self.due.notify_all();
        // Outside the lock: what they hold may be the last of it.
        drop((presences, deadlines));
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for the last time that a card was taken out of a reader, or the reader went, as far as was heard.
    pub(crate) fn departures(&self, reader: &ReaderName) -> u64 {
        self.lock().departed(reader)
    }

    /// The number of the last insertion into a reader.
    pub(crate) fn insertion(&self, reader: &ReaderName) -> u64 {
        self.lock().readers.get(reader).map_or(0, |seen| seen.insertion)
    }

    /// Tells which card it is, unless it is another by now: then that one is asked.
    pub(crate) fn recognised(self: &Arc<Self>, reader: &ReaderName, insertion: u64, event: &Event) {
        let mut inside = self.lock();
        let Some(seen) = inside.readers.get_mut(reader) else {
            return;
        };
        seen.is_being_recognised = false;
        if seen.insertion == insertion {
            if matches!(seen.lying, Lying::Card(_)) {
                seen.recognised = Some(event.clone());
                inside.push(event);
            }
            let woken = wake(&mut inside);
            drop(inside);
            return self.tell(woken);
        }
        let front = inside.front.clone();
        let after = inside.recognise(reader).into_iter().collect();
        drop(inside);
        self.act(front.as_ref(), after);
    }

    /// Stops a login at an instant, unless it is over by then.
    pub(crate) fn stop_at(&self, at: Instant, stopper: Stopper) {
        let mut inside = self.lock();
        let over = inside.over();
        inside.deadlines.push((at, stopper));
        drop(inside);
        self.due.notify_all();
        // Outside the lock: what they hold is an application's.
        drop(over);
    }

    /// Ends a login when its card leaves. One whose card or reader has left since its PIN was sent ends at once, and one whose
    /// card nobody who watches has seen yet must be seen soon. Another login at the same reader has ended, unless it is with the
    /// same card.
    pub(crate) fn attend(&self, presence: Presence, departures: u64) {
        let mut inside = self.lock();
        let place = presence.place().clone();
        let lying = inside.readers.get(&place.reader).map(|seen| seen.lying.clone());
        let is_seen = matches!(&lying, Some(Lying::Card(atr)) if *atr == place.atr);
        let now = inside.departed(&place.reader);
        let verdict = match now == departures {
            true => None,
            false if lying.is_none() => Some(Verdict::Ended(Ended::ReaderGone)),
            false => Some(Verdict::Ended(Ended::CardRemoved)),
        };
        if !is_seen {
            presence.is_unseen(Instant::now());
        }
        let mut after = Vec::new();
        inside.judge(&place.reader, &mut after, |other| {
            other.superseded(&place, is_seen, Instant::now())
        });
        let over = inside.over();
        match verdict {
            None => inside.presences.push(presence),
            Some(verdict) => after.push((presence, verdict)),
        }
        drop(inside);
        self.due.notify_all();
        after
            .into_iter()
            .for_each(|(presence, verdict)| presence.settle(verdict, None));
        drop(over);
    }

    /// A thread that listens to one driver. A driver that panics counts as one whose service is gone.
    fn listen(self: &Arc<Self>, core: &Core, driver: usize) {
        let Some(readers) = core.drivers().get(driver) else {
            return;
        };
        let mut told = false;
        loop {
            let turn = catch_unwind(AssertUnwindSafe(|| {
                self.listen_until_lost(&**readers, driver, &mut told)
            }));
            let failed = match turn {
                Ok(Some(failed)) => failed,
                Ok(None) => return,
                Err(_) => {
                    tracing::error!("a watch of readers panicked");
                    LinkError::DriverCrashed
                }
            };
            if catch_unwind(AssertUnwindSafe(|| self.lose(driver, &failed, &mut told))).is_err() {
                tracing::error!("telling of a lost service panicked");
            }
            let begun = Instant::now();
            while begun.elapsed() < RETRY {
                if self.is_over() {
                    return;
                }
                std::thread::sleep(SLICE);
            }
        }
    }

    /// Why the service is lost; `None` where nobody listens any more.
    fn listen_until_lost(
        self: &Arc<Self>,
        readers: &dyn ReaderDriver,
        driver: usize,
        told: &mut bool,
    ) -> Option<LinkError> {
        let mut watch = match readers.watch() {
            Ok(watch) => watch,
            Err(error) => return Some(error),
        };
        self.lock().lost.remove(&driver);
        if core::mem::take(told) {
            self.publish(&Event::ServiceBack);
        }
        while !self.is_over() {
            match watch.next(SLICE) {
                Ok(Some(event)) => self.hear(driver, event),
                Ok(None) => {}
                Err(error) => return Some(error),
            }
        }
        None
    }

    fn is_over(&self) -> bool {
        self.lock().front.is_none()
    }

    /// Takes note of what happened at a reader, and tells it.
    fn hear(self: &Arc<Self>, driver: usize, event: ReaderEvent) {
        let mut inside = self.lock();
        let mut after = Vec::new();
        let name = match &event {
            ReaderEvent::ReaderAdded(name)
            | ReaderEvent::ReaderGone(name)
            | ReaderEvent::CardInserted(name, _)
            | ReaderEvent::CardMute(name)
            | ReaderEvent::CardRemoved(name) => name.clone(),
            _ => return,
        };
        if !inside.readers.contains_key(&name) && inside.readers.len() >= READERS_MAX {
            return;
        }
        inside.happenings += 1;
        let happening = inside.happenings;
        // Some drivers tell of no reader that was there from the beginning.
        let is_new = !inside.readers.contains_key(&name)
            && !matches!(event, ReaderEvent::ReaderAdded(_) | ReaderEvent::ReaderGone(_));
        if let ReaderEvent::ReaderGone(_) | ReaderEvent::CardRemoved(_) = event {
            inside.depart(&name, happening);
        }
        if let ReaderEvent::ReaderGone(_) = event {
            inside.readers.remove(&name);
            inside.judge(&name, &mut after, Presence::reader_gone);
        } else {
            let seen = inside.readers.entry(name.clone()).or_insert(Seen {
                driver,
                lying: Lying::Nothing,
                insertion: 0,
                is_being_recognised: false,
                recognised: None,
            });
            match &event {
                ReaderEvent::CardInserted(_, atr) => {
                    seen.lying = Lying::Card(atr.clone());
                    seen.insertion = happening;
                    seen.recognised = None;
                    inside.judge(&name, &mut after, |presence| {
                        presence.card_inserted(atr, Instant::now())
                    });
                }
                ReaderEvent::CardMute(_) => {
                    seen.lying = Lying::Mute;
                    seen.insertion = happening;
                    seen.recognised = None;
                }
                ReaderEvent::CardRemoved(_) => {
                    seen.lying = Lying::Nothing;
                    seen.recognised = None;
                    inside.judge(&name, &mut after, |presence| {
                        presence.card_removed(Instant::now())
                    });
                }
                _ => {}
            }
        }
        let mut after: Vec<After> = after
            .into_iter()
            .map(|(at, verdict)| After::Settle(at, verdict))
            .collect();
        if let ReaderEvent::CardInserted(name, _) = &event {
            after.extend(inside.recognise(name));
        }
        let front = inside.front.clone();
        let added = is_new.then_some(Event::ReaderAdded(name));
        let told = added.into_iter().chain(Event::of(event));
        told.for_each(|event| inside.push(&event));
        // Under the same lock: who begins to watch hears it once, now or as what is there.
        let woken = wake(&mut inside);
        drop(inside);
        self.act(front.as_ref(), after);
        self.tell(woken);
        self.due.notify_all();
    }

    /// What a change asks for, outside the lock.
    fn act(self: &Arc<Self>, front: Option<&Sender<Job>>, after: Vec<After>) {
        for next in after {
            match (next, front) {
                (After::Settle(presence, verdict), front) => presence.settle(verdict, front),
                (After::Recognise(name), Some(front)) => {
                    let job = recognising::job(&name, Arc::downgrade(self));
                    desk::offer(front, job);
                }
                (After::Recognise(_), None) => {}
            }
        }
    }

    /// The service behind a driver is gone, and all its readers with it.
    fn lose(self: &Arc<Self>, driver: usize, error: &LinkError, told: &mut bool) {
        let gone: Vec<ReaderName> = self
            .lock()
            .readers
            .iter()
            .filter(|(_, seen)| seen.driver == driver)
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.hear(driver, ReaderEvent::ReaderGone(name));
        }
        if !core::mem::replace(told, true) {
            let event = Event::ServiceLost(error.clone());
            let mut inside = self.lock();
            // Under the same lock: who begins to watch hears it once, now or as what is there.
            inside.lost.insert(driver, error.clone());
            inside.push(&event);
            let woken = wake(&mut inside);
            drop(inside);
            self.tell(woken);
        }
    }

    /// Tells all who watch.
    pub(crate) fn publish(&self, event: &Event) {
        let mut inside = self.lock();
        inside.push(event);
        let woken = wake(&mut inside);
        drop(inside);
        self.tell(woken);
    }

    fn tell(&self, woken: Vec<core::task::Waker>) {
        self.changed.notify_all();
        for waker in woken {
            varco_handover::wake(waker);
        }
    }

    /// The thread that keeps the time.
    fn keep_time(self: &Arc<Self>) {
        while !self.is_over() {
            // What is done at its time is an application's in part.
            if catch_unwind(AssertUnwindSafe(|| self.do_what_is_due())).is_err() {
                tracing::error!("the keeper of time met a panic");
            }
        }
    }

    /// Does what is due, or sleeps until something is.
    fn do_what_is_due(self: &Arc<Self>) {
        let mut inside = self.lock();
        let now = Instant::now();
        let over = inside.over();
        let mut after = Vec::new();
        for presence in &inside.presences {
            if let Some(verdict) = presence.due(now) {
                after.push(After::Settle(presence.clone(), verdict));
            }
        }
        let late: Vec<(Instant, Stopper)> = inside.deadlines.extract_if(.., |(at, _)| *at <= now).collect();
        if after.is_empty() && late.is_empty() && over.0.is_empty() && over.1.is_empty() {
            let instants = inside.deadlines.iter().map(|(at, _)| *at);
            let next = instants
                .chain(inside.presences.iter().filter_map(Presence::next_due))
                .min();
            let rest = next.map_or(DOZE, |at| at.saturating_duration_since(now));
            if inside.front.is_some() {
                drop(self.due.wait_timeout(inside, rest.min(DOZE)));
            }
            return;
        }
        let front = inside.front.clone();
        drop(inside);
        self.act(front.as_ref(), after);
        late.iter().for_each(|(_, stopper)| stopper.deadline_passed());
        // Last: what they hold is an application's.
        drop((over, late));
    }
}

/// What a change asks for.
enum After {
    Settle(Presence, Verdict),
    Recognise(ReaderName),
}

impl Inside {
    /// Whether nothing will be heard any more.
    pub(crate) fn is_over(&self) -> bool {
        self.front.is_none()
    }

    /// The readers whose cards somebody who begins to watch wants to know.
    pub(crate) fn take_to_recognise(&mut self) -> Vec<ReaderName> {
        let mut all = Vec::new();
        for (name, seen) in &mut self.readers {
            let is_known = seen.recognised.is_some() || seen.is_being_recognised;
            if matches!(seen.lying, Lying::Card(_)) && !is_known {
                seen.is_being_recognised = true;
                all.push(name.clone());
            }
        }
        all
    }

    /// Has the card that was put into a reader asked what it is, where somebody wants to know and nobody asks already.
    fn recognise(&mut self, name: &ReaderName) -> Option<After> {
        let is_wanted = self.subscribers.iter().any(Subscriber::wants_recognised);
        let seen = self.readers.get_mut(name)?;
        let is_known = seen.recognised.is_some() || seen.is_being_recognised;
        let is_due = is_wanted && !is_known && matches!(seen.lying, Lying::Card(_));
        seen.is_being_recognised |= is_due;
        is_due.then(|| After::Recognise(name.clone()))
    }

    /// Takes out what is over.
    fn over(&mut self) -> (Vec<Presence>, Vec<Stopper>) {
        let presences = self.presences.extract_if(.., |presence| !presence.is_wanted());
        let presences = presences.collect();
        let deadlines = self.deadlines.extract_if(.., |(_, stopper)| !stopper.is_wanted());
        (presences, deadlines.map(|(_, stopper)| stopper).collect())
    }

    fn departed(&self, reader: &ReaderName) -> u64 {
        self.departures.get(reader).copied().unwrap_or(self.forgotten)
    }

    /// Takes note that a card was taken out, or a reader went. Of readers that are gone not more is kept than of those that are
    /// there: a login that began before that ends for nothing, at worst.
    fn depart(&mut self, name: &ReaderName, happening: u64) {
        if self.departures.len() >= READERS_MAX {
            let readers = &self.readers;
            self.departures.retain(|name, _| readers.contains_key(name));
            self.forgotten = happening;
        }
        self.departures.insert(name.clone(), happening);
    }

    fn push(&mut self, event: &Event) {
        for subscriber in &mut self.subscribers {
            subscriber.push(event);
        }
    }

    /// What a change at a reader means for the logins there.
    fn judge(
        &self,
        name: &ReaderName,
        after: &mut Vec<(Presence, Verdict)>,
        change: impl Fn(&Presence) -> Option<Verdict>,
    ) {
        for presence in self
            .presences
            .iter()
            .filter(|presence| presence.place().reader == *name)
        {
            if let Some(verdict) = change(presence) {
                after.push((presence.clone(), verdict));
            }
        }
    }
}

/// Those who wait as futures.
fn wake(inside: &mut Inside) -> Vec<core::task::Waker> {
    inside
        .subscribers
        .iter_mut()
        .filter_map(Subscriber::take_waker)
        .collect()
}
