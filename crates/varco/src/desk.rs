//! The threads that own readers, and the one in front of them that says which reader is meant.
//!
//! ```text
//!   caller ──▶ front thread: which reader is meant ──▶ thread of that reader: one job after the other
//! ```
//! Both ways are bounded queues; who finds one full is told so. A thread that has had nothing to do for a while ends, and
//! the next job starts another.
//!
//! Not here: what a job does (`running`, `recognising`), and what happens at the readers (`hub`).

use core::cell::Cell;
use core::time::Duration;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use varco_card::{CardLink, ReaderName};
use varco_handover::{Refused, Sender, Source, queue};

use crate::choose::StartError;
use crate::hub::Hub;
use crate::readers::Core;

/// How many jobs wait to be sorted.
const FRONT_ROOM: usize = 256;
/// How many jobs wait for one reader.
const READER_ROOM: usize = 32;
/// How long a thread stays without a job.
const IDLE: Duration = Duration::from_secs(10);
/// How long the end waits for threads that still talk to cards.
const CLOSE_MAX: Duration = Duration::from_secs(5);

/// What is done on a reader's thread, or why it is not.
type Task = Box<dyn FnOnce(Result<At<'_>, StartError>) + Send>;

/// A task that is told of its end whatever happens: run, refused, or dropped with the thread that had it.
pub(crate) struct Work {
    task: Option<Task>,
    /// Whether anybody still wants it, where somebody may not.
    is_wanted: Box<dyn Fn() -> bool + Send>,
}

impl Work {
    pub(crate) fn new(task: impl FnOnce(Result<At<'_>, StartError>) + Send + 'static) -> Self {
        Self {
            task: Some(Box::new(task)),
            is_wanted: Box::new(|| true),
        }
    }

    /// Work that makes room for other where nobody wants it any more.
    pub(crate) fn while_wanted(mut self, is_wanted: impl Fn() -> bool + Send + 'static) -> Self {
        self.is_wanted = Box::new(is_wanted);
        self
    }

    /// Runs it. What it panics of is its own: the thread has other callers.
    fn run(mut self, at: Result<At<'_>, StartError>) {
        self.settle(at);
    }

    fn settle(&mut self, at: Result<At<'_>, StartError>) {
        if let Some(task) = self.task.take()
            && catch_unwind(AssertUnwindSafe(|| task(at))).is_err()
        {
            tracing::error!("a task of a reader's thread panicked");
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.settle(Err(StartError::ThreadEnded));
    }
}

/// Where work is done.
pub(crate) struct At<'a> {
    pub(crate) core: &'a Core,
    pub(crate) reader: &'a ReaderName,
}

impl At<'_> {
    /// Connects to the card in this reader.
    pub(crate) fn connect(&self, wait: Duration) -> Result<Box<dyn CardLink>, StartError> {
        self.core.connect_to(self.reader, wait)
    }
}

/// Which reader is meant.
pub(crate) enum Wanted {
    /// As somebody named it, or did not.
    Choose(Option<String>),
    /// This one and no other.
    Exactly(ReaderName),
}

/// A job, and the reader that is meant.
pub(crate) struct Job {
    pub(crate) reader: Wanted,
    pub(crate) work: Work,
}

thread_local! {
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is a thread on which nobody may wait for another of ours.
pub(crate) fn is_own_thread() -> bool {
    IS_OURS.get()
}

/// Starts a thread of ours.
pub(crate) fn start(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StartError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            IS_OURS.set(true);
            body();
        })
        .map(drop)
        .map_err(|_| StartError::NoThread)
}

/// The way to the threads.
pub(crate) struct Desk {
    core: Arc<Core>,
    threads: Mutex<Threads>,
    busy: Arc<Busy>,
}

/// Those that are not a reader's.
#[derive(Default)]
struct Threads {
    front: Option<Sender<Job>>,
    hub: Option<Arc<Hub>>,
}

/// How many readers' threads are at work: some of them may talk to a card.
#[derive(Default)]
struct Busy {
    at_work: Mutex<usize>,
    changed: Condvar,
}

impl Busy {
    /// Until what this gives is dropped.
    fn begin(self: &Arc<Self>) -> AtWork {
        *self.at_work.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        AtWork(Arc::clone(self))
    }

    fn wait(&self) {
        let at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        let (at_work, _) = self
            .changed
            .wait_timeout_while(at_work, CLOSE_MAX, |at_work| *at_work > 0)
            .unwrap_or_else(PoisonError::into_inner);
        if *at_work > 0 {
            tracing::warn!("a card could not be given back yet");
        }
    }
}

struct AtWork(Arc<Busy>);

impl Drop for AtWork {
    fn drop(&mut self) {
        *self.0.at_work.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.changed.notify_all();
    }
}

impl Desk {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self {
            core,
            threads: Mutex::default(),
            busy: Arc::default(),
        }
    }

    /// Hands over a job. Where that cannot be, it is told why, on this thread.
    pub(crate) fn hand_over(&self, job: Job) {
        let front = self.lock().front(&self.core, &self.busy);
        match front {
            Ok(front) => offer(&front, job),
            Err(error) => job.work.run(Err(error)),
        }
    }

    /// Who knows what happens at the readers. Its threads are started with the first who asks.
    pub(crate) fn hub(&self) -> Result<Arc<Hub>, StartError> {
        let mut threads = self.lock();
        if let Some(hub) = &threads.hub {
            return Ok(Arc::clone(hub));
        }
        let front = threads.front(&self.core, &self.busy)?;
        let hub = Hub::start(&self.core, front)?;
        threads.hub = Some(Arc::clone(&hub));
        Ok(hub)
    }

    fn lock(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a job in front, or tells it why not.
pub(crate) fn offer(front: &Sender<Job>, job: Job) {
    match front.offer_over(job, |job| (job.work.is_wanted)()) {
        Ok(()) => {}
        Err(Refused::Full(job)) => job.work.run(Err(StartError::TooManyWait)),
        Err(Refused::Closed(job)) => job.work.run(Err(StartError::ThreadEnded)),
    }
}

impl Threads {
    fn front(&mut self, core: &Arc<Core>, busy: &Arc<Busy>) -> Result<Sender<Job>, StartError> {
        if let Some(front) = &self.front {
            return Ok(front.clone());
        }
        let (sender, source) = queue(FRONT_ROOM);
        let front = Front {
            core: Arc::clone(core),
            busy: Arc::clone(busy),
            threads: BTreeMap::new(),
        };
        start("varco-front", move || front.serve(&source))?;
        self.front = Some(sender.clone());
        Ok(sender)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let Threads { front, hub } = core::mem::take(&mut *self.lock());
        if let Some(hub) = hub {
            hub.stop();
        }
        drop(front);
        // A callback may hold the last of it: it does not wait for the thread that it runs on.
        if !is_own_thread() {
            self.busy.wait();
        }
    }
}

/// The thread in front.
struct Front {
    core: Arc<Core>,
    busy: Arc<Busy>,
    threads: BTreeMap<ReaderName, Sender<Work>>,
}

impl Front {
    fn serve(mut self, jobs: &Source<Job>) {
        while let Some(Job { reader, work }) = jobs.next() {
            let name = match reader {
                Wanted::Exactly(name) => Ok(name),
                Wanted::Choose(wanted) => {
                    // A driver that panics is its own defect.
                    let chosen = catch_unwind(AssertUnwindSafe(|| self.core.choose(wanted.as_deref())));
                    chosen
                        .unwrap_or(Err(StartError::ThreadEnded))
                        .map(|(_, name)| name)
                }
            };
            match name {
                Ok(name) => self.pass_on(name, work),
                Err(error) => work.run(Err(error)),
            }
        }
    }

    fn pass_on(&mut self, name: ReaderName, work: Work) {
        let Some(thread) = self.threads.get(&name) else {
            return self.start(name, work);
        };
        match thread.offer_over(work, |work| (work.is_wanted)()) {
            Ok(()) => {}
            Err(Refused::Full(work)) => work.run(Err(StartError::TooManyWait)),
            // It had nothing to do and ended.
            Err(Refused::Closed(work)) => self.start(name, work),
        }
    }

    fn start(&mut self, name: ReaderName, work: Work) {
        self.threads.retain(|_, thread| !thread.is_closed());
        let (sender, source) = queue(READER_ROOM);
        let (core, busy, reader) = (Arc::clone(&self.core), Arc::clone(&self.busy), name.clone());
        let body = move || serve(&core, &busy, &reader, &source);
        match start("varco-reader", body) {
            Err(error) => work.run(Err(error)),
            Ok(()) => match sender.offer(work) {
                Ok(()) => {
                    self.threads.insert(name, sender);
                }
                Err(Refused::Full(work) | Refused::Closed(work)) => work.run(Err(StartError::ThreadEnded)),
            },
        }
    }
}

/// The thread of one reader.
fn serve(core: &Core, busy: &Arc<Busy>, reader: &ReaderName, jobs: &Source<Work>) {
    while let Some(work) = jobs.next_or_close(IDLE) {
        let _at_work = busy.begin();
        work.run(Ok(At { core, reader }));
    }
}
