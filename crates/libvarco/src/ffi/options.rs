//! What is wanted of a login: one setter for each thing.
//!
//! Not here: what it means (`crate::options`).

use core::ffi::c_char;
use core::ptr::{null_mut, without_provenance_mut};
use std::sync::{Arc, Mutex};

use varco::steps::Attendance;
use varco::trust::AnchorKind;

use super::arguments::{Place, bytes, path, text};
use super::boundary::call;
use super::errors::locale;
use super::{VARCO_ANCHORS, VARCO_TEST_ANCHORS};
use crate::call_error::CallError;
use crate::handle::Table;
use crate::options::Options;
use crate::problem::Problem;

/// What is wanted of logins: for whom, whom to believe, what else. One may serve many logins, one after the other.
pub struct VarcoOptions(());

pub(super) static OPTIONS: Table<Mutex<Options>> = Table::new("options");

fn set(options: *mut VarcoOptions, setter: impl FnOnce(&mut Options) -> Result<(), Problem>) -> i32 {
    call(|| OPTIONS.with(options.addr(), setter))
}

fn anchor_kind(kind: i32) -> Result<AnchorKind, CallError> {
    match kind {
        VARCO_ANCHORS => Ok(AnchorKind::Production),
        VARCO_TEST_ANCHORS => Ok(AnchorKind::Test),
        _ => Err(CallError::Value("kind")),
    }
}

/// Options for logins that `audience` asks for: 1 to 255 bytes, best its origin, such as `https://servizi.example.it`. It is
/// shown to the person and signed by the card.
///
/// Nobody is trusted yet, evidence of revocation is needed for every certificate, a program answers the prompt and has 60
/// seconds for it, texts are in English. `*options` is NULL where it fails.
/// Errors: `call-null`, `call-not-utf8`, `audience-invalid`.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_new(audience: *const c_char, options: *mut *mut VarcoOptions) -> i32 {
    call(|| {
        // SAFETY: the caller's pointer, as the header asks for it.
        let place = unsafe { Place::new(options, null_mut(), "options") }?;
        // SAFETY: likewise.
        let audience = unsafe { text(audience, "audience") }?;
        let new = Options::new(audience)?;
        place.put(without_provenance_mut(OPTIONS.add(Arc::new(Mutex::new(new)))?));
        Ok(())
    })
}

/// Frees options. NULL is nothing to free.
///
/// Errors: `call-handle` for what was freed already, `call-busy` while a login uses them; they live on then.
#[unsafe(no_mangle)]
pub extern "C" fn varco_options_free(options: *mut VarcoOptions) -> i32 {
    call(|| Ok(OPTIONS.free(options.addr())?))
}

/// Has the card sign a nonce of a relying party's, 16 to 64 bytes, and a proof made that it can check for itself. The proof
/// names the holder. One proof comes of a nonce: then another is to be set, or the next login is refused (`call-nonce-spent`).
///
/// Errors: `call-...`, `nonce-invalid`.
///
/// # Safety
/// See the head of the header. `nonce` leads to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_nonce(
    options: *mut VarcoOptions,
    nonce: *const u8,
    length: usize,
) -> i32 {
    set(options, |options| {
        // SAFETY: the caller's bytes, as the header asks for them.
        options.nonce(unsafe { bytes(nonce, length, "nonce") }?)
    })
}

/// Takes the card in this reader: its name, or a part of it that fits no other. Without it, the only reader that holds a card.
///
/// Errors: `call-...`.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_reader(options: *mut VarcoOptions, name: *const c_char) -> i32 {
    set(options, |options| {
        // SAFETY: the caller's text, as the header asks for it.
        options.reader(unsafe { text(name, "name") }?);
        Ok(())
    })
}

/// Believes the authorities in a file or folder (PEM or DER), besides those given before. `kind` is VARCO_ANCHORS, or
/// VARCO_TEST_ANCHORS for test material.
///
/// Errors: `call-...`, `trust-file-...`, `trust-folder-empty`.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_trust(
    options: *mut VarcoOptions,
    kind: i32,
    file: *const c_char,
) -> i32 {
    set(options, |options| {
        // SAFETY: the caller's text, as the header asks for it.
        let file = unsafe { path(file, "file") }?;
        options.trust(file, anchor_kind(kind)?)
    })
}

/// Believes the country signers in a file or folder about identity cards, besides those given before. Without any, no identity
/// card is taken for genuine and none sees a PIN.
///
/// Errors: as varco_options_trust.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_country_signers(
    options: *mut VarcoOptions,
    kind: i32,
    file: *const c_char,
) -> i32 {
    set(options, |options| {
        // SAFETY: the caller's text, as the header asks for it.
        let file = unsafe { path(file, "file") }?;
        options.country_signers(file, anchor_kind(kind)?)
    })
}

/// Takes the revocation lists in a file or folder (DER or PEM) for evidence, besides those given before.
///
/// Errors: `call-...`, `file-unreadable`, `crl-file-...`.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_crl(options: *mut VarcoOptions, file: *const c_char) -> i32 {
    set(options, |options| {
        // SAFETY: the caller's text, as the header asks for it.
        options.revocation_list(unsafe { path(file, "file") }?)
    })
}

/// How sure one must be that no certificate was revoked: `hard` (fresh evidence for each, the default), `grace` (it may be 24
/// hours late), `soft` (what is not known is marked) or `off` (nobody asks).
///
/// Errors: `call-...`.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_revocation(options: *mut VarcoOptions, mode: *const c_char) -> i32 {
    set(options, |options| {
        // SAFETY: the caller's text, as the header asks for it.
        options.revocation(unsafe { text(mode, "mode") }?)
    })
}

/// Has it decided by the built-in rules whether the person may use this service, such as `inps.estratto-conto`.
///
/// Errors: `call-...`, `service-id-invalid`, `service-unknown`.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn varco_options_service(options: *mut VarcoOptions, id: *const c_char) -> i32 {
    set(options, |options| {
        // SAFETY: the caller's text, as the header asks for it.
        options.service(unsafe { text(id, "id") }?)
    })
}

/// Says that a person answers the prompt, now. He is asked up to three times where an answer cannot be taken. Without it a
/// program is supposed, which gets one question, and one try for each insertion of a card that does not tell its counter.
///
/// Errors: `call-...`.
#[unsafe(no_mangle)]
pub extern "C" fn varco_options_attended(options: *mut VarcoOptions) -> i32 {
    set(options, |options| {
        options.attendance = Attendance::Attended;
        Ok(())
    })
}

/// How long the answer to a question may take, 1 to 3,600,000 milliseconds. One that comes later is not taken.
///
/// Errors: `call-...`.
#[unsafe(no_mangle)]
pub extern "C" fn varco_options_time_limit(options: *mut VarcoOptions, milliseconds: u32) -> i32 {
    set(options, |options| options.time_limit(milliseconds))
}

/// How long a card is waited for that another program holds, up to 3,600,000 milliseconds.
///
/// Errors: `call-...`.
#[unsafe(no_mangle)]
pub extern "C" fn varco_options_wait(options: *mut VarcoOptions, milliseconds: u32) -> i32 {
    set(options, |options| options.wait(milliseconds))
}

/// The language of questions and of the sentences in a decision: VARCO_ITALIAN or VARCO_ENGLISH.
///
/// Errors: `call-...`.
#[unsafe(no_mangle)]
pub extern "C" fn varco_options_language(options: *mut VarcoOptions, language: i32) -> i32 {
    set(options, |options| {
        options.locale = locale(language)?;
        Ok(())
    })
}
