//! Pointers of the caller, checked as far as they can be, read and written.
//!
//! Not here: what is done with what was read.

use core::ffi::{CStr, c_char};
use std::path::Path;

use crate::call_error::CallError;

/// A text.
///
/// # Safety
/// `text` is NULL or leads to bytes that end with a zero and stay as they are for `'a`.
pub(super) unsafe fn text<'a>(text: *const c_char, name: &'static str) -> Result<&'a str, CallError> {
    if text.is_null() {
        return Err(CallError::Null(name));
    }
    // SAFETY: not NULL, and the caller vouches for the rest.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map_err(|_| CallError::NotUtf8(name))
}

/// A text that may be left out.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn optional_text<'a>(
    from: *const c_char,
    name: &'static str,
) -> Result<Option<&'a str>, CallError> {
    if from.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller vouches for the same.
    unsafe { text(from, name) }.map(Some)
}

/// A path in UTF-8.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn path<'a>(from: *const c_char, name: &'static str) -> Result<&'a Path, CallError> {
    // SAFETY: the caller vouches for the same.
    unsafe { text(from, name) }.map(Path::new)
}

/// Bytes that are only read.
///
/// # Safety
/// `bytes` is NULL or leads to `length` bytes that stay as they are for `'a`.
pub(super) unsafe fn bytes<'a>(
    bytes: *const u8,
    length: usize,
    name: &'static str,
) -> Result<&'a [u8], CallError> {
    check(bytes, length, name)?;
    // SAFETY: not NULL, no longer than a slice can be, and the caller vouches for the rest.
    Ok(unsafe { core::slice::from_raw_parts(bytes, length) })
}

/// Bytes that are also wiped.
///
/// # Safety
/// `bytes` is NULL or leads to `length` bytes that nobody else reads or writes for `'a`.
pub(super) unsafe fn bytes_mut<'a>(
    bytes: *mut u8,
    length: usize,
    name: &'static str,
) -> Result<&'a mut [u8], CallError> {
    check(bytes, length, name)?;
    // SAFETY: not NULL, no longer than a slice can be, and the caller vouches for the rest.
    Ok(unsafe { core::slice::from_raw_parts_mut(bytes, length) })
}

fn check(bytes: *const u8, length: usize, name: &'static str) -> Result<(), CallError> {
    if bytes.is_null() {
        return Err(CallError::Null(name));
    }
    // A negative number that was converted, and more than a slice may have.
    isize::try_from(length)
        .map(drop)
        .map_err(|_| CallError::Value("length"))
}

/// A place for what a call gives.
pub(super) struct Place<T>(*mut T);

impl<T> Place<T> {
    /// Puts `nothing` there, so that it is never read as it was.
    ///
    /// # Safety
    /// `place` is NULL or leads to room for a `T` that nobody else uses during the call.
    pub(super) unsafe fn new(place: *mut T, nothing: T, name: &'static str) -> Result<Self, CallError> {
        if place.is_null() {
            return Err(CallError::Null(name));
        }
        // SAFETY: not NULL, and the caller vouches for the rest. Nothing is read: it may be uninitialised.
        unsafe { place.write(nothing) };
        Ok(Self(place))
    }

    /// Puts it there.
    pub(super) fn put(&self, given: T) {
        // SAFETY: as in `new`; a `Place` lives no longer than the call.
        unsafe { self.0.write(given) };
    }
}
