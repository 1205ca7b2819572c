//! The border to C: what the header declares, and all `unsafe` of the workspace.
//!
//! Not here: anything that could be done without pointers. The functions check what came, hand it on as safe values, and turn
//! what comes back into a status. From the texts of this module cbindgen writes `include/varco.h`.
#![allow(
    unsafe_code,
    reason = "pointers of a C caller are read and written here and nowhere else (ADR 92)"
)]

mod arguments;
mod boundary;
pub mod errors;
pub mod login;
pub mod options;
pub mod prompt;
pub mod readers;
pub mod report;
#[cfg(test)]
mod tests;

/// The interface that this header describes. A library that gives another number from `varco_abi_version` is another one.
pub const VARCO_ABI_VERSION: u32 = 1;

/// Done. Of a login: somebody is identified, and may do what was asked for.
pub const VARCO_OK: i32 = 0;
/// Somebody is identified, and is not permitted the service that was asked for. Nobody is to be let in.
pub const VARCO_DENIED: i32 = 1;
/// Reader, card, trust, person, file or system: the last error says what.
pub const VARCO_FAILED: i32 = 2;
/// The call itself is wrong, or a prompt is: the last error says how. Codes begin with `call-` or `prompt-`.
pub const VARCO_MISUSE: i32 = 3;
/// The library found an error of its own. What the call worked on can still be freed.
pub const VARCO_DEFECT: i32 = 4;

/// A language of texts.
pub const VARCO_ITALIAN: i32 = 1;
/// A language of texts.
pub const VARCO_ENGLISH: i32 = 2;

/// Authorities that are believed.
pub const VARCO_ANCHORS: i32 = 1;
/// Authorities of test material: who rests on them is marked so, and may be given access to test it. Never in production.
pub const VARCO_TEST_ANCHORS: i32 = 2;

/// What a prompt returns when it has handed over digits.
pub const VARCO_ANSWERED: i32 = 10;
/// What a prompt returns when the person gave up. No try is spent.
pub const VARCO_CANCELLED: i32 = 11;
/// What a prompt returns when the answer will come by another thread.
pub const VARCO_LATER: i32 = 12;

/// `VARCO_ABI_VERSION` of the library that is loaded. Never fails.
#[unsafe(no_mangle)]
pub extern "C" fn varco_abi_version() -> u32 {
    VARCO_ABI_VERSION
}

/// The version of the library, such as `0.1.0`. It lives as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn varco_version() -> *const core::ffi::c_char {
    const VERSION: &core::ffi::CStr =
        match core::ffi::CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}
