//! A bounded queue to one thread.
//!
//! Not here: waiting for room. Whoever is refused says so to whoever asked.

use core::time::Duration;
use std::collections::VecDeque;

use crate::sync::{Arc, Condvar, Mutex, lock, wait, wait_within};

struct Inner<J> {
    jobs: VecDeque<J>,
    room: usize,
    senders: usize,
    is_taken_from: bool,
}

struct Shared<J> {
    inner: Mutex<Inner<J>>,
    changed: Condvar,
}

/// Where jobs go in.
pub struct Sender<J>(Arc<Shared<J>>);

/// Where one thread takes them out. Dropping it drops what is still waiting.
pub struct Source<J>(Arc<Shared<J>>);

/// Why a job was not accepted; it comes back.
#[derive(PartialEq, Eq, Debug)]
pub enum Refused<J> {
    /// As many are waiting as may.
    Full(J),
    /// Nobody takes jobs any more.
    Closed(J),
}

/// A queue in which at most this many jobs wait.
#[must_use]
pub fn queue<J>(room: usize) -> (Sender<J>, Source<J>) {
    let shared = Arc::new(Shared {
        inner: Mutex::new(Inner {
            jobs: VecDeque::new(),
            room,
            senders: 1,
            is_taken_from: true,
        }),
        changed: Condvar::new(),
    });
    (Sender(Arc::clone(&shared)), Source(shared))
}

impl<J> Sender<J> {
    /// Puts a job at the end.
    ///
    /// # Errors
    /// [`Refused`], with the job.
    pub fn offer(&self, job: J) -> Result<(), Refused<J>> {
        let mut inner = lock(&self.0.inner);
        if !inner.is_taken_from {
            return Err(Refused::Closed(job));
        }
        if inner.jobs.len() >= inner.room {
            return Err(Refused::Full(job));
        }
        inner.jobs.push_back(job);
        drop(inner);
        self.0.changed.notify_all();
        Ok(())
    }

    /// The same; where as many wait as may, those that nobody wants any more are dropped first.
    ///
    /// # Errors
    /// [`Refused`], with the job.
    pub fn offer_over(&self, job: J, is_wanted: impl Fn(&J) -> bool) -> Result<(), Refused<J>> {
        let job = match self.offer(job) {
            Err(Refused::Full(job)) => job,
            done => return done,
        };
        let mut inner = lock(&self.0.inner);
        let (wanted, unwanted): (VecDeque<J>, Vec<J>) = {
            let all = core::mem::take(&mut inner.jobs);
            let mut unwanted = Vec::new();
            let wanted = all
                .into_iter()
                .filter_map(|job| {
                    if is_wanted(&job) {
                        return Some(job);
                    }
                    unwanted.push(job);
                    None
                })
                .collect();
            (wanted, unwanted)
        };
        inner.jobs = wanted;
        drop(inner);
        // Outside the lock: what a job does when it is dropped is its own affair.
        drop(unwanted);
        self.offer(job)
    }

    /// Whether nobody takes jobs any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        !lock(&self.0.inner).is_taken_from
    }
}

impl<J> Clone for Sender<J> {
    fn clone(&self) -> Self {
        lock(&self.0.inner).senders += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<J> Drop for Sender<J> {
    fn drop(&mut self) {
        lock(&self.0.inner).senders -= 1;
        self.0.changed.notify_all();
    }
}

impl<J> Source<J> {
    /// The next job, waited for; `None` once the last sender is gone and nothing is left.
    #[must_use]
    pub fn next(&self) -> Option<J> {
        let mut inner = lock(&self.0.inner);
        loop {
            if let Some(job) = inner.jobs.pop_front() {
                return Some(job);
            }
            if inner.senders == 0 {
                return None;
            }
            inner = wait(&self.0.changed, inner);
        }
    }

    /// The next job within some time, which is waited once; `Ok(None)` where none came.
    ///
    /// # Errors
    /// [`Lost`](crate::Lost) once the last sender is gone and nothing is left.
    pub fn next_within(&self, most: Duration) -> Result<Option<J>, crate::Lost> {
        let mut inner = lock(&self.0.inner);
        if inner.jobs.is_empty() && inner.senders > 0 {
            inner = wait_within(&self.0.changed, inner, most);
        }
        match inner.jobs.pop_front() {
            Some(job) => Ok(Some(job)),
            None if inner.senders == 0 => Err(crate::Lost),
            None => Ok(None),
        }
    }

    /// The next job within some time, which is waited once. Where none came, or no sender is left, the queue is closed in the
    /// same instant: what is offered after that is refused, and nothing that was accepted is lost.
    #[must_use]
    pub fn next_or_close(&self, most: Duration) -> Option<J> {
        let mut inner = lock(&self.0.inner);
        if inner.jobs.is_empty() && inner.senders > 0 {
            inner = wait_within(&self.0.changed, inner, most);
        }
        let job = inner.jobs.pop_front();
        inner.is_taken_from = job.is_some();
        job
    }
}

impl<J> Drop for Source<J> {
    fn drop(&mut self) {
        let mut inner = lock(&self.0.inner);
        inner.is_taken_from = false;
        let left = core::mem::take(&mut inner.jobs);
        drop(inner);
        // Outside the lock: what a job does when it is dropped is its own affair.
        drop(left);
    }
}

#[cfg(all(test, not(loom)))]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    #[test]
    fn jobs_come_out_in_order_and_a_full_queue_refuses() {
        let (sender, source) = queue(2);
        sender.offer(1).unwrap();
        sender.offer(2).unwrap();
        assert_eq!(sender.offer(3), Err(Refused::Full(3)));
        assert_eq!(source.next(), Some(1));
        let other = sender.clone();
        drop(sender);
        other.offer(3).unwrap();
        assert_eq!(source.next(), Some(2));
        drop(other);
        assert_eq!(source.next(), Some(3));
        assert_eq!(source.next(), None);
    }

    #[test]
    fn a_queue_that_nobody_takes_from_refuses_and_drops_what_waits() {
        let (sender, source) = queue(2);
        let kept = Arc::new(());
        sender.offer(Arc::clone(&kept)).unwrap();
        drop(source);
        assert_eq!(Arc::strong_count(&kept), 1);
        assert!(matches!(sender.offer(kept), Err(Refused::Closed(_))));
    }

    #[test]
    fn an_idle_queue_closes_before_anything_more_is_accepted() {
        let (sender, source) = queue(1);
        sender.offer(1).unwrap();
        assert_eq!(source.next_or_close(Duration::ZERO), Some(1));
        assert!(!sender.is_closed());
        assert_eq!(source.next_or_close(Duration::ZERO), None);
        assert!(sender.is_closed());
        assert_eq!(sender.offer(2), Err(Refused::Closed(2)));
    }

    #[test]
    fn those_that_nobody_wants_make_room() {
        let (sender, source) = queue(2);
        sender.offer(1).unwrap();
        sender.offer(2).unwrap();
        assert_eq!(sender.offer_over(3, |_| true), Err(Refused::Full(3)));
        sender.offer_over(3, |job| *job != 1).unwrap();
        assert_eq!((source.next(), source.next()), (Some(2), Some(3)));
    }

    #[test]
    fn an_empty_queue_is_told_from_a_lost_one() {
        let (sender, source) = queue::<u8>(1);
        assert_eq!(source.next_within(Duration::ZERO), Ok(None));
        drop(sender);
        assert_eq!(source.next_within(Duration::from_secs(60)), Err(crate::Lost));
    }
}
