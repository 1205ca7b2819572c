//! Where a call's end becomes a status, and a panic an error.
//!
//! Not here: pointers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{VARCO_DEFECT, VARCO_DENIED, VARCO_FAILED, VARCO_MISUSE, VARCO_OK};
use crate::last_error;
use crate::problem::{Ending, Problem};

/// Does the work of a call. Whatever ends it is kept as the thread's last error.
pub(super) fn call(work: impl FnOnce() -> Result<(), Problem>) -> i32 {
    // Unwind safe: what the work changes lies behind handles, whose locks note a panic; such a handle can still be freed.
    match unless_it_panics(work) {
        Some(Ok(())) => VARCO_OK,
        Some(Err(problem)) => ended(&problem),
        None => unless_it_panics(|| ended(&Problem::defect())).unwrap_or(VARCO_DEFECT),
    }
}

fn ended(problem: &Problem) -> i32 {
    last_error::set(problem);
    match problem.ending {
        Ending::Denied => VARCO_DENIED,
        Ending::Failed => VARCO_FAILED,
        Ending::Misuse => VARCO_MISUSE,
        Ending::Defect => VARCO_DEFECT,
    }
}

/// What the work gives; `None` where it panicked.
pub(super) fn unless_it_panics<R>(work: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(given) => Some(given),
        Err(payload) => {
            // What is thrown may throw again when it goes.
            if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(again);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "test code: what is thrown is the test")]

    use super::*;

    #[test]
    fn a_panic_becomes_a_defect_even_if_what_it_throws_panics_too() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                if !std::thread::panicking() {
                    panic!("thrown away");
                }
            }
        }
        assert_eq!(call(|| std::panic::panic_any(Bomb)), VARCO_DEFECT);
        let code = last_error::read(last_error::Part::Code, |code| code.to_owned());
        assert_eq!(code.as_deref(), Some(c"defect"));
    }
}
