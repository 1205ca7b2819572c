//! The login.
//!
//! Not here: the journey (crate `varco`).

use core::ffi::c_void;
use core::ptr::{null_mut, without_provenance_mut};
use std::sync::{Arc, Mutex};

use super::arguments::Place;
use super::boundary::call;
use super::options::{OPTIONS, VarcoOptions};
use super::prompt::{CPrompt, VarcoAsk, VarcoBeforeSending};
use super::readers::{READERS, VarcoReaders};
use super::report::{REPORTS, VarcoReport};
use crate::call_error::CallError;
use crate::options::Options;
use crate::problem::{Problem, messages};
use crate::prompt::PromptEntry;
use crate::readers::Readers;
use crate::report;

/// Logs a person in: takes up the card, judges its certificate, asks for the PIN by `ask`, has the card sign, verifies, and
/// decides about the service if one was set. `before_sending` may be NULL. `user` is handed to both as it is.
///
/// Only VARCO_OK lets somebody in. VARCO_DENIED: identified, but not permitted the service (`access-denied`,
/// `access-undecided`). Anything else: nobody is identified, and the last error says why: `pin-wrong`, `pin-blocked`,
/// `entry-cancelled`, `no-card`, `certificate-revoked` and others; `trust-anchors-missing` before any card is touched where no
/// authority was given; `prompt-...` where `ask` did something wrong.
/// `*report` is the report, or NULL where no card was taken up. The caller frees it in any case.
/// It waits for readers, card and prompt. Both handles are in use until it returns: other calls with them get `call-busy`.
///
/// # Safety
/// See the head of the header. `ask` and `before_sending` can be called with `user` until this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_login(
    readers: *mut VarcoReaders,
    options: *mut VarcoOptions,
    ask: VarcoAsk,
    before_sending: VarcoBeforeSending,
    user: *mut c_void,
    report: *mut *mut VarcoReport,
) -> i32 {
    call(|| {
        // SAFETY: the caller's pointer, as the header asks for it.
        let place = unsafe { Place::new(report, null_mut(), "report") }?;
        let ask = ask.ok_or(CallError::Null("ask"))?;
        let mut prompt = CPrompt {
            ask,
            before_sending,
            user,
        };
        READERS.with(readers.addr(), |readers| {
            OPTIONS.with(options.addr(), |options| {
                let (report, problem) = login(readers, options, &mut prompt)?;
                let token = REPORTS.add(Arc::new(Mutex::new(report)))?;
                place.put(without_provenance_mut(token));
                problem.map_or(Ok(()), Err)
            })
        })
    })
}

/// A report, and what ended the login if it did not end well.
fn login(
    readers: &Readers,
    options: &mut Options,
    prompt: &mut CPrompt,
) -> Result<(report::Report, Option<Problem>), Problem> {
    options.ready()?;
    let mut entry = PromptEntry::new(prompt, options);
    let done = readers.varco.login(options.wanted(), &mut entry)?;
    let (told, problem) = report::of(&done, entry.fault(), messages(options.locale));
    // The card has signed it, whatever becomes of the proof.
    if done.proof.is_some() {
        options.spend_nonce();
    }
    Ok((told, problem))
}
