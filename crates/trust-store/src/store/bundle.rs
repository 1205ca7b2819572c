//! A store's content in one signed file, for machines without a network.
//!
//! The signature is checked before anything in the file is looked at, and lists and revocation lists are checked again by
//! their own signatures when they are taken. Not here: the file's layout (`format`).

mod error;
mod format;
mod key;
mod make;
mod take;

pub use error::BundleError;
pub use format::{BUNDLE_LENGTH_MAX, BundleHead, open_bundle};
pub use key::{BundleKey, BundlePublicKey};
pub use take::ImportedBundle;
