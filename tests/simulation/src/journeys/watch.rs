//! That a journey which does not end is told: who lives through one says so here, and one that takes too long by the wall clock
//! ends the program, with its seed and the command that runs it again.
//!
//! Not here: bounds that a journey meets by itself (`bench`), which break an invariant and are shrunk.

use core::time::Duration;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use super::spec::Spec;

/// How long a journey may take, by the wall clock: a thousand times what the slowest takes, so that a busy machine is no hang.
const PATIENCE_S: u64 = 120;

static PATIENCE: AtomicU64 = AtomicU64::new(PATIENCE_S);

/// What is lived through now.
#[derive(Default)]
struct UnderWay {
    next: u64,
    planted: Option<&'static str>,
    journeys: BTreeMap<u64, (Instant, Spec)>,
}

fn under_way() -> MutexGuard<'static, UnderWay> {
    static UNDER_WAY: OnceLock<Mutex<UnderWay>> = OnceLock::new();
    let under_way = UNDER_WAY.get_or_init(|| {
        thread::spawn(watch);
        Mutex::default()
    });
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives a journey so many seconds.
pub fn set_patience(seconds: u64) {
    PATIENCE.store(seconds, Ordering::SeqCst);
}

/// The name of the bug that is planted, for the command.
pub(crate) fn set_planted(bug: Option<&'static str>) {
    under_way().planted = bug;
}

/// A journey that is under way until this is dropped.
pub(crate) struct Watched(u64);

/// Takes note that a journey begins.
pub(crate) fn begin(spec: &Spec) -> Watched {
    let mut all = under_way();
    all.next += 1;
    let number = all.next;
    all.journeys.insert(number, (Instant::now(), spec.clone()));
    Watched(number)
}

impl Drop for Watched {
    fn drop(&mut self) {
        under_way().journeys.remove(&self.0);
    }
}

fn watch() {
    loop {
        thread::sleep(Duration::from_millis(500));
        let patience = Duration::from_secs(PATIENCE.load(Ordering::SeqCst));
        let all = under_way();
        let late = all
            .journeys
            .values()
            .find(|(begun, _)| begun.elapsed() > patience);
        if let Some((begun, spec)) = late {
            let told = format!(
                "does not hold: {}: a journey has not ended after {} s\nseed {}, journey {}\nto run it again:   {}\n",
                super::invariant::ENDS,
                begun.elapsed().as_secs(),
                spec.seed,
                spec.journey,
                spec.command(all.planted)
            );
            // Past what tests capture, and without waiting for the journey, which never ends.
            let _ = std::io::stderr().write_all(told.as_bytes());
            std::process::exit(1);
        }
    }
}
