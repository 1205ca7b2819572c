//! The prompt: the question that C sees, and the answer that C gives.
//!
//! Not here: when it is asked and what becomes of the answer (`crate::prompt`).

use core::ffi::{c_char, c_void};
use core::ptr::{null, without_provenance_mut};
use std::ffi::CString;

use super::arguments::bytes_mut;
use super::boundary::{call, unless_it_panics};
use crate::last_error::c_string;
use crate::prompt::{ANSWERED, ANSWERS, Asked, Prompt};

/// The place where the answer to one question goes. It is over when the question is; nobody frees it.
pub struct VarcoAnswer(());

/// A question for the PIN. It and its texts live until the prompt returns.
#[repr(C)]
pub struct VarcoQuestion {
    /// The size of this structure in bytes. A later library may add fields behind those below.
    pub size: usize,
    /// The reader that holds the card.
    pub reader: *const c_char,
    /// What the card is, for people.
    pub card: *const c_char,
    /// Who asks for the login.
    pub audience: *const c_char,
    /// The name of the service that is wanted, for people; NULL where none is.
    pub service: *const c_char,
    /// All that a person must be told before typing, as lines: who asks and for what, card, reader, what a mistake costs, how
    /// many digits, how long.
    pub text: *const c_char,
    /// What stands before the field, such as `PIN:`.
    pub prompt: *const c_char,
    /// Why the last answer was not taken, for people; NULL for the first question. Nothing of it was sent.
    pub not_taken: *const c_char,
    /// How many wrong PINs the card will still take; -1 where it does not tell, or tells later.
    pub tries_left: i32,
    /// The most that it ever takes; -1 where that is not known.
    pub tries_max: i32,
    /// Fewest digits of a PIN.
    pub digits_min: usize,
    /// Most digits of a PIN.
    pub digits_max: usize,
}

/// Asks for the PIN. Called by varco_login, in its thread, with `user` as it was given there.
///
/// It hands digits to varco_answer_digits and returns VARCO_ANSWERED; or returns VARCO_CANCELLED; or VARCO_LATER, and another
/// thread answers within the time limit by varco_answer_digits or varco_answer_cancel. Any other value is an error.
/// It may use other handles, not those of the login that asks: those are in use (`call-busy`). It must return in its own time:
/// nothing interrupts it, and an answer after the time limit is not taken.
pub type VarcoAsk = Option<
    unsafe extern "C-unwind" fn(
        user: *mut c_void,
        question: *const VarcoQuestion,
        answer: *mut VarcoAnswer,
    ) -> i32,
>;

/// Tells what an identity card says of its counter, after the digits were given and before they are sent: `tries_left`, -1
/// where it does not tell, and the same as text, which lives until it returns. VARCO_ANSWERED goes on, VARCO_CANCELLED does not.
/// The card waits meanwhile: show it, and ask nobody.
pub type VarcoBeforeSending =
    Option<unsafe extern "C-unwind" fn(user: *mut c_void, tries_left: i32, text: *const c_char) -> i32>;

/// The functions of a C caller, for the time of one login.
pub(super) struct CPrompt {
    pub(super) ask: unsafe extern "C-unwind" fn(*mut c_void, *const VarcoQuestion, *mut VarcoAnswer) -> i32,
    pub(super) before_sending: VarcoBeforeSending,
    pub(super) user: *mut c_void,
}

impl Prompt for CPrompt {
    fn ask(&mut self, asked: &Asked<'_>, answer: usize) -> Option<i32> {
        let question = asked.question;
        let service = asked.service.map(c_string);
        let not_taken = asked.shown.not_taken.as_deref().map(c_string);
        let (reader, card) = (c_string(question.reader.as_str()), c_string(asked.card));
        let (audience, prompt) = (c_string(question.audience), c_string(&asked.shown.prompt));
        // Its lines end with a line feed, which `c_string` would take for a danger; each line is harmless already.
        let text = CString::new(asked.shown.text.as_str()).unwrap_or_default();
        let asked = VarcoQuestion {
            size: size_of::<VarcoQuestion>(),
            reader: reader.as_ptr(),
            card: card.as_ptr(),
            audience: audience.as_ptr(),
            service: or_null(service.as_ref()),
            text: text.as_ptr(),
            prompt: prompt.as_ptr(),
            not_taken: or_null(not_taken.as_ref()),
            tries_left: number(question.tries_left.and_then(|tries| tries.known())),
            tries_max: number(question.tries_max),
            digits_min: question.form.length_min,
            digits_max: question.form.length_max,
        };
        let answer = without_provenance_mut(answer);
        // SAFETY: the caller of `varco_login` vouches for the function and `user`. The question and its texts outlive the
        // call. A panic of Rust's that unwinds out of it is caught here; anything else must not,
        // as the header says, and ends the process at worst.
        unless_it_panics(|| unsafe { (self.ask)(self.user, &raw const asked, answer) })
    }

    fn before_sending(&mut self, tries_left: Option<u8>, text: &str) -> Option<i32> {
        let Some(before_sending) = self.before_sending else {
            return Some(ANSWERED);
        };
        let text = CString::new(text).unwrap_or_default();
        // SAFETY: as above.
        unless_it_panics(|| unsafe { before_sending(self.user, number(tries_left), text.as_ptr()) })
    }
}

fn or_null(text: Option<&CString>) -> *const c_char {
    text.map_or(null(), |text| text.as_ptr())
}

fn number(known: Option<u8>) -> i32 {
    known.map_or(-1, i32::from)
}

/// Answers a question with these digits, in ASCII, without an end. From any thread, while the question is open.
///
/// The bytes are taken into memory that is locked and wiped, and `digits` itself is wiped before this returns, whatever it
/// returns (but for `call-null` and a `length` that cannot be). Other copies that the caller has are the caller's to wipe.
/// More than 16 bytes give `pin-wrong-form`, and the question stays open. Whether the form is the card's is found out later.
/// Errors: `call-...`; `call-answered` for a second answer; `call-handle` when the question is over.
///
/// # Safety
/// See the head of the header. `digits` leads to `length` bytes that nobody else uses during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_answer_digits(
    answer: *mut VarcoAnswer,
    digits: *mut u8,
    length: usize,
) -> i32 {
    call(|| {
        // SAFETY: the caller's bytes, as the header asks for them.
        let digits = unsafe { bytes_mut(digits, length, "digits") }?;
        match ANSWERS.find(answer.addr()) {
            Ok(answer) => answer.give(digits),
            Err(error) => {
                zeroize::Zeroize::zeroize(digits);
                Err(error.into())
            }
        }
    })
}

/// Answers a question by giving up. From any thread, while the question is open. No try is spent.
///
/// Errors: `call-answered` where there is an answer, `call-handle` when the question is over.
#[unsafe(no_mangle)]
pub extern "C" fn varco_answer_cancel(answer: *mut VarcoAnswer) -> i32 {
    call(|| Ok(ANSWERS.find(answer.addr())?.cancel()?))
}
