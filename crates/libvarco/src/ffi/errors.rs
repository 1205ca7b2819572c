//! The last error of the calling thread.
//!
//! Not here: the words.

use core::ffi::{CStr, c_char};

use varco_messages::Locale;

use super::boundary::unless_it_panics;
use super::{VARCO_ENGLISH, VARCO_ITALIAN};
use crate::call_error::CallError;
use crate::last_error::{Part, read};

/// A language by its number.
pub(super) fn locale(language: i32) -> Result<Locale, CallError> {
    match language {
        VARCO_ITALIAN => Ok(Locale::Italian),
        VARCO_ENGLISH => Ok(Locale::English),
        _ => Err(CallError::Value("language")),
    }
}

fn part(part: Part) -> *const c_char {
    unless_it_panics(|| read(part, CStr::as_ptr))
        .flatten()
        .unwrap_or(c"".as_ptr())
}

/// The stable code of the last error in this thread, such as `pin-wrong`; empty where there was none. Programs decide by it.
///
/// The last error is set by each call that gives something else than VARCO_OK; a call that succeeds leaves it. This text and
/// those below stay where they are until the next call in this thread that does not succeed. They are never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn varco_error_code() -> *const c_char {
    part(Part::Code)
}

/// What happened, for people, in a language (VARCO_ITALIAN; any other number is English).
#[unsafe(no_mangle)]
pub extern "C" fn varco_error_text(language: i32) -> *const c_char {
    part(Part::Text(locale(language).unwrap_or(Locale::English)))
}

/// What to do about it, for people, in a language.
#[unsafe(no_mangle)]
pub extern "C" fn varco_error_advice(language: i32) -> *const c_char {
    part(Part::Advice(locale(language).unwrap_or(Locale::English)))
}

/// What helps those who give support, in English: status words, names of commands, never data. Often empty.
#[unsafe(no_mangle)]
pub extern "C" fn varco_error_detail() -> *const c_char {
    part(Part::Detail)
}
