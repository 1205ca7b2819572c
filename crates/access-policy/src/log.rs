//! The record of decisions: what keeps one must be able to do this.
//!
//! Not here: any such record (`records` keeps one).

use crate::{Decision, StoreFailure};

/// A record of decisions that only grows.
pub trait DecisionLog: Send + Sync {
    /// Puts a decision behind those that are there. Once this returns it is durable.
    ///
    /// # Errors
    /// [`StoreFailure`]: a permit that was not recorded is not given.
    fn record(&self, decision: &Decision) -> Result<(), StoreFailure>;
}
