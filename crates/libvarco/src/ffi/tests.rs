//! The border as a caller meets it whose prompt panics, and what a C program cannot try.
//!
//! Not here: well-behaved and other ill-behaved callers (`tests/login.c`, `tests/login.py`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use core::ffi::{CStr, c_char, c_void};
use core::ptr::{null, null_mut};
use std::ffi::CString;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::errors::{varco_error_advice, varco_error_code, varco_error_text};
use super::login::varco_login;
use super::options::{
    VarcoOptions, varco_options_country_signers, varco_options_crl, varco_options_free, varco_options_new,
    varco_options_trust,
};
use super::prompt::{VarcoAnswer, VarcoAsk, VarcoBeforeSending, VarcoQuestion, varco_answer_digits};
use super::readers::{varco_readers_close, varco_readers_list, varco_readers_open};
use super::report::{VarcoReport, varco_report_free};
use super::*;

fn fixture(name: &str) -> CString {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(name);
    CString::new(path.to_str().unwrap()).unwrap()
}

fn last_code() -> String {
    text(varco_error_code())
}

fn text(text: *const c_char) -> String {
    // SAFETY: a text of this library, which nothing changes meanwhile.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
}

fn options(anchors: &str, list: &str) -> *mut VarcoOptions {
    let mut options = null_mut();
    // SAFETY: a literal, and a place on the stack.
    let made = unsafe { varco_options_new(c"kiosk-7.example".as_ptr(), &raw mut options) };
    assert_eq!(made, VARCO_OK);
    let (anchors, list) = (fixture(anchors), fixture(list));
    // SAFETY: texts that live as long as the call.
    let trusted = unsafe { varco_options_trust(options, VARCO_TEST_ANCHORS, anchors.as_ptr()) };
    // SAFETY: likewise.
    let listed = unsafe { varco_options_crl(options, list.as_ptr()) };
    assert_eq!((trusted, listed), (VARCO_OK, VARCO_OK));
    options
}

/// Logs in, shows that everything can be used and freed afterwards, and gives the status and the error's code.
fn log_in(
    card: &CStr,
    options: *mut VarcoOptions,
    ask: VarcoAsk,
    before_sending: VarcoBeforeSending,
) -> (i32, String) {
    let (mut readers, mut report, mut list) = (null_mut(), null_mut::<VarcoReport>(), null());
    // SAFETY: a literal, and a place on the stack.
    let opened = unsafe { varco_readers_open(card.as_ptr(), &raw mut readers) };
    assert_eq!(opened, VARCO_OK);
    // SAFETY: the functions take what they are given here, and the place is on the stack.
    let status = unsafe { varco_login(readers, options, ask, before_sending, null_mut(), &raw mut report) };
    let ended = (
        status,
        if status == VARCO_OK {
            String::new()
        } else {
            last_code()
        },
    );
    // SAFETY: a place on the stack.
    assert_eq!(unsafe { varco_readers_list(readers, &raw mut list) }, VARCO_OK);
    assert_eq!(varco_report_free(report), VARCO_OK);
    assert_eq!(varco_readers_close(readers), VARCO_OK);
    ended
}

fn give(answer: *mut VarcoAnswer, digits: &[u8]) -> i32 {
    let mut digits = digits.to_vec();
    // SAFETY: bytes of this function's own.
    let given = unsafe { varco_answer_digits(answer, digits.as_mut_ptr(), digits.len()) };
    assert!(digits.iter().all(|digit| *digit == 0));
    given
}

unsafe extern "C-unwind" fn panics(_: *mut c_void, _: *const VarcoQuestion, answer: *mut VarcoAnswer) -> i32 {
    assert_eq!(give(answer, b"12345"), VARCO_OK);
    panic!("the prompt of a test panics");
}

unsafe extern "C-unwind" fn answers(
    _: *mut c_void,
    _: *const VarcoQuestion,
    answer: *mut VarcoAnswer,
) -> i32 {
    assert_eq!(give(answer, b"12345678"), VARCO_OK);
    VARCO_ANSWERED
}

/// As a program does that takes a status for an answer.
unsafe extern "C-unwind" fn returns_a_status(
    _: *mut c_void,
    _: *const VarcoQuestion,
    answer: *mut VarcoAnswer,
) -> i32 {
    give(answer, b"12345678")
}

#[test]
fn a_prompt_that_panics_ends_the_login_with_an_error() {
    let options = options("pki/ca-cns.der", "pki/crl-cns.crl");
    let ended = log_in(c"played:cns-st", options, Some(panics), None);
    assert_eq!(ended, (VARCO_MISUSE, "prompt-panicked".to_owned()));
    assert!(text(varco_error_advice(VARCO_ENGLISH)).contains("No try was spent"));
    // Not 1 or 2 is English, not a fault: what is told must be told somehow.
    assert_eq!(text(varco_error_text(VARCO_ENGLISH)), text(varco_error_text(77)));
    assert_eq!(varco_options_free(options), VARCO_OK);
}

static PANICS: AtomicBool = AtomicBool::new(false);

unsafe extern "C-unwind" fn refuses(_: *mut c_void, _: i32, _: *const c_char) -> i32 {
    assert!(!PANICS.load(Ordering::Relaxed), "the prompt of a test panics");
    VARCO_CANCELLED
}

unsafe extern "C-unwind" fn garbles(_: *mut c_void, _: i32, _: *const c_char) -> i32 {
    -1
}

#[test]
fn who_is_told_the_counter_may_stop_the_pin_and_may_fail() {
    let options = options("pki/ca-cie-sub.pem", "pki/crl-cie-sub.crl");
    let signers = fixture("pki/csca.pem");
    // SAFETY: a text that lives as long as the call.
    let set = unsafe { varco_options_country_signers(options, VARCO_TEST_ANCHORS, signers.as_ptr()) };
    assert_eq!(set, VARCO_OK);
    let ends = |before_sending| log_in(c"played:cie-actalis", options, Some(answers), before_sending);
    assert_eq!(ends(Some(refuses)), (VARCO_FAILED, "entry-cancelled".to_owned()));
    assert_eq!(ends(Some(garbles)), (VARCO_MISUSE, "prompt-value".to_owned()));
    PANICS.store(true, Ordering::Relaxed);
    assert_eq!(ends(Some(refuses)), (VARCO_MISUSE, "prompt-panicked".to_owned()));
    assert_eq!(ends(None), (VARCO_OK, String::new()));
    let ended = log_in(c"played:cie-actalis", options, Some(returns_a_status), None);
    assert_eq!(ended, (VARCO_MISUSE, "prompt-value".to_owned()));
    assert_eq!(varco_options_free(options), VARCO_OK);
}

#[test]
fn the_version_is_the_crates() {
    assert_eq!(text(varco_version()), env!("CARGO_PKG_VERSION"));
    assert_eq!(varco_abi_version(), VARCO_ABI_VERSION);
}

/// The numbers of the border are those that the prompt is judged by.
#[test]
fn what_a_prompt_returns_is_named_once() {
    use crate::prompt::{ANSWERED, CANCELLED, LATER};
    assert_eq!(
        (VARCO_ANSWERED, VARCO_CANCELLED, VARCO_LATER),
        (ANSWERED, CANCELLED, LATER)
    );
}
