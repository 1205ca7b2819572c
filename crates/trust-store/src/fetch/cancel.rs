//! A flag by which a fetch is stopped from another thread.
//!
//! Not here: who raises it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often a fetch that waits looks at the flag.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A flag that is raised once. Its copies are the same flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Stops whatever was given this flag, within about a tenth of a second; a connection that is just being made, or a
    /// request that does not leave, is waited for up to its own end.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was raised.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
