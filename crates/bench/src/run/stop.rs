//! Somebody asks a run to end, by Ctrl-C or another signal.
//!
//! Not here: what must end then (`process`, `going`).

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;

use crate::up::attend::is_ignored;

/// What a shell adds to the number of a signal.
const SIGNAL_EXIT: i32 = 128;

/// Whether a run is to end.
#[derive(Clone, Default, Debug)]
pub struct Stop {
    is_asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Asked for by the first signal; the second ends this process at once. Signals that were ignored when this process began stay
    /// ignored, as `nohup` wants it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn by_signals() -> io::Result<Self> {
        let stop = Self::default();
        for signal in Self::signals() {
            flag::register_conditional_shutdown(signal, SIGNAL_EXIT + signal, Arc::clone(&stop.is_asked))?;
            let number = usize::try_from(signal).unwrap_or_default();
            flag::register_usize(signal, Arc::clone(&stop.signal), number)?;
            flag::register(signal, Arc::clone(&stop.is_asked))?;
        }
        Ok(stop)
    }

    /// By which signals the end is asked for here.
    pub(crate) fn signals() -> Vec<i32> {
        let all = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
        all.into_iter().filter(|signal| !is_ignored(*signal)).collect()
    }

    /// Whether it was.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::SeqCst)
    }

    /// The signal that did.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        let signal = i32::try_from(self.signal.load(Ordering::SeqCst)).ok();
        signal.filter(|signal| *signal > 0)
    }
}
