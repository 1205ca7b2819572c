//! The last error of each thread, as C strings.
//!
//! Not here: what it says (`problem`).

use std::cell::RefCell;
use std::ffi::{CStr, CString};

use varco_messages::{Explanation, Locale, displayable};

use crate::problem::Problem;

/// The last error of this thread. A call that succeeds leaves it, so that it can be read after something was freed.
#[derive(Default)]
struct LastError {
    code: CString,
    italian: Said,
    english: Said,
    detail: CString,
}

#[derive(Default)]
struct Said {
    text: CString,
    advice: CString,
}

thread_local! {
    static LAST: RefCell<LastError> = RefCell::default();
}

/// What can be read of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// The stable code.
    Code,
    /// What happened.
    Text(Locale),
    /// The next step.
    Advice(Locale),
    /// What helps those who give support.
    Detail,
}

/// Keeps it until this thread's next.
pub(crate) fn set(problem: &Problem) {
    let last = LastError {
        code: c_string(problem.code()),
        italian: said(&problem.told.italian),
        english: said(&problem.told.english),
        detail: c_string(problem.told.detail.as_deref().unwrap_or_default()),
    };
    // A thread that is ending has nobody who reads it.
    let _ = LAST.try_with(|kept| kept.replace(last));
}

/// Reads a part of it, empty where there is none. What is read stays where it is until the next [`set`] in this thread.
pub(crate) fn read<R>(part: Part, read: impl FnOnce(&CStr) -> R) -> Option<R> {
    LAST.try_with(|kept| {
        let kept = kept.borrow();
        let of = |locale| match locale {
            Locale::Italian => &kept.italian,
            Locale::English => &kept.english,
        };
        read(match part {
            Part::Code => &kept.code,
            Part::Text(locale) => &of(locale).text,
            Part::Advice(locale) => &of(locale).advice,
            Part::Detail => &kept.detail,
        })
    })
    .ok()
}

fn said(explanation: &Explanation) -> Said {
    Said {
        text: c_string(&explanation.message),
        advice: c_string(&explanation.advice),
    }
}

/// A text with nothing in it that ends it early.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(displayable(text)).unwrap_or_default()
}
