//! Hands that press the reader's keys while the reader waits for them.
//!
//! Not here: whether the reader got anything, which it tells itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::rig::{Keys, Rig};
use crate::target::{Hindrance, Value};

/// Values that are pressed one after the other.
pub(super) struct Pressing {
    is_over: Arc<AtomicBool>,
    hands: JoinHandle<Result<(), Hindrance>>,
}

impl Pressing {
    /// Begins with the first.
    pub(super) fn begin(rig: Arc<dyn Rig>, reader: &str, values: Vec<(Keys, Value)>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (reader, ended) = (reader.to_owned(), Arc::clone(&is_over));
        let hands = thread::spawn(move || {
            for (keys, value) in values {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let digits = match &value {
                    Value::Digits(digits) => Some(digits),
                    Value::Cancel | Value::HolderKnows => None,
                };
                rig.press(&reader, keys, digits)?;
            }
            Ok(())
        });
        Self { is_over, hands }
    }

    /// The reader asks no more: what is being pressed is waited for, and nothing is pressed after it.
    pub(super) fn end(self) -> Result<(), Hindrance> {
        self.is_over.store(true, Ordering::SeqCst);
        let broken = |_| {
            Err(Hindrance::rig(
                "bench-rig-hook",
                "pressing keys came to an end of its own",
            ))
        };
        self.hands.join().unwrap_or_else(broken)
    }
}
