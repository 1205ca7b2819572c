//! Readers: opening, listing, closing.
//!
//! Not here: what a reader is (crate `varco`).

use core::ffi::c_char;
use core::ptr::{null, null_mut, without_provenance_mut};
use std::sync::{Arc, Mutex};

use super::arguments::{Place, optional_text};
use super::boundary::call;
use crate::handle::Table;
use crate::problem::Problem;
use crate::readers::Readers;

/// Readers, and what their cards refused: a PIN that a card refused is not sent to it again through the same handle. A program
/// keeps one open for all that it does with cards.
pub struct VarcoReaders(());

pub(super) static READERS: Table<Mutex<Readers>> = Table::new("readers");

/// Opens readers: those of the system's PC/SC service where `which` is NULL or `pcsc`; in a library that is built with played
/// cards, `played:NAME` is a reader in this process with a card in it.
///
/// `*readers` is NULL where that fails. Whether the service runs shows when it is asked for its readers.
/// Errors: `call-null`, `call-not-utf8`, `call-value`.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_readers_open(which: *const c_char, readers: *mut *mut VarcoReaders) -> i32 {
    call(|| {
        // SAFETY: the caller's pointer, as the header asks for it.
        let place = unsafe { Place::new(readers, null_mut(), "readers") }?;
        // SAFETY: likewise.
        let which = unsafe { optional_text(which, "which") }?;
        let opened = Readers::open(which)?;
        place.put(without_provenance_mut(READERS.add(Arc::new(Mutex::new(opened)))?));
        Ok(())
    })
}

/// The readers and what lies in them: a JSON array of objects `{"name", "card"}`, where `card` is null for an empty reader, else
/// `{"state": "present", "atr"}`, `{"state": "mute"}`, `{"state": "in-use"}` or `{"state": "unknown", "error"}`.
///
/// `*json` is NULL where that fails. It lives until the next list by the same handle, or until that is closed.
/// Errors: `call-...`; `no-service`, `service-refused` and others of the service.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_readers_list(readers: *mut VarcoReaders, json: *mut *const c_char) -> i32 {
    call(|| {
        // SAFETY: the caller's pointer, as the header asks for it.
        let place = unsafe { Place::new(json, null(), "json") }?;
        READERS.with(readers.addr(), |readers| {
            place.put(readers.list()?.as_ptr());
            Ok::<(), Problem>(())
        })
    })
}

/// Closes readers. NULL is nothing to close.
///
/// Errors: `call-handle` for what was closed already, `call-busy` while a login uses them; they stay open then.
#[unsafe(no_mangle)]
pub extern "C" fn varco_readers_close(readers: *mut VarcoReaders) -> i32 {
    call(|| Ok(READERS.free(readers.addr())?))
}
