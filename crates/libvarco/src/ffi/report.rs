//! The report of a login, read part by part.
//!
//! Not here: what is in it (`crate::report`).

use core::ffi::{CStr, c_char};
use core::ptr::null;
use std::ffi::CString;
use std::sync::Mutex;

use super::arguments::Place;
use super::boundary::call;
use crate::handle::Table;
use crate::problem::Problem;
use crate::report::Report;

/// How a login went. Its texts live until it is freed.
pub struct VarcoReport(());

pub(super) static REPORTS: Table<Mutex<Report>> = Table::new("report");

/// # Safety
/// `place` is NULL or leads to room for a pointer that nobody else uses during the call.
unsafe fn part(
    report: *mut VarcoReport,
    place: *mut *const c_char,
    choose: impl FnOnce(&Report) -> Option<&CString>,
) -> i32 {
    call(|| {
        // SAFETY: the caller vouches for the same.
        let place = unsafe { Place::new(place, null(), "text") }?;
        REPORTS.with(report.addr(), |report| {
            // It is not moved nor changed until the report is freed.
            place.put(choose(report).map_or(null(), |text| CStr::as_ptr(text)));
            Ok::<(), Problem>(())
        })
    })
}

/// Why nobody was let in: the code that was the last error of the login. `*text` is NULL where somebody was.
///
/// Errors, of this and of all below: `call-null`, `call-handle`, `call-busy`; `*text` is NULL then.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_report_code(report: *mut VarcoReport, text: *mut *const c_char) -> i32 {
    // SAFETY: the caller's pointer, as the header asks for it.
    unsafe { part(report, text, |report| report.code.as_ref()) }
}

/// Who was identified, as JSON: `identity` of docs/schema/varco-cli-1.schema.json. It is personal data. `*text` is NULL where
/// nobody was. Look at what varco_login gave first: who is identified may still be denied.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_report_identity(report: *mut VarcoReport, text: *mut *const c_char) -> i32 {
    // SAFETY: the caller's pointer, as the header asks for it.
    unsafe { part(report, text, |report| report.identity.as_ref()) }
}

/// What was decided about the service and why, as JSON: `decision` of the same schema. `*text` is NULL where nothing was.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_report_decision(report: *mut VarcoReport, text: *mut *const c_char) -> i32 {
    // SAFETY: the caller's pointer, as the header asks for it.
    unsafe { part(report, text, |report| report.decision.as_ref()) }
}

/// The proof over the nonce, as docs/proof.md describes it: to be sent to the relying party as it is, and to nobody else, for
/// it is personal data. `*text` is NULL where no nonce was set or nobody was let in.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_report_proof(report: *mut VarcoReport, text: *mut *const c_char) -> i32 {
    // SAFETY: the caller's pointer, as the header asks for it.
    unsafe { part(report, text, |report| report.proof.as_ref()) }
}

/// The card, as JSON: an object with `kind`, `profile`, `exchanges`, `personal_data`; `pin` with `tries_left`, `puk_tries_left`
/// (null where not known) and `sent`; and `reset_failed`. If that is true, have the card taken out: another program may find the
/// PIN verified. Never NULL where the call succeeds.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_report_card(report: *mut VarcoReport, text: *mut *const c_char) -> i32 {
    // SAFETY: the caller's pointer, as the header asks for it.
    unsafe { part(report, text, |report| Some(&report.card)) }
}

/// Frees a report and its texts. NULL is nothing to free.
///
/// Errors: `call-handle` for what was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn varco_report_free(report: *mut VarcoReport) -> i32 {
    call(|| Ok(REPORTS.free(report.addr())?))
}
