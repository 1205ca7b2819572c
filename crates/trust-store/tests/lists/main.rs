//! Trusted lists signed by outside programs: the genuine ones are taken, the others are refused for the right reason.
//!
//! Not here: the claims about single functions, which stand beside them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test code: what fails here fails the test"
)]

mod acceptance;
mod altered;
mod canonical;
mod genuine;
mod hostile;
mod maker;
mod reading;
mod signer;
mod wrapped;

use std::sync::LazyLock;

use varco_pki::Certificate;
use varco_trust_store::list::{ListError, TrustedList};

use maker::List;
use signer::{RSA_SHA256, Signer};

/// One RSA signer for all tests that do not ask for another.
static RSA: LazyLock<Signer> = LazyLock::new(Signer::rsa);

/// The small list, signed by [`RSA`].
static SIGNED: LazyLock<String> = LazyLock::new(|| RSA.sign(&List::small().xml(), RSA_SHA256));

fn certificate(der: &[u8]) -> Certificate {
    Certificate::parse(der).unwrap()
}

/// Opens a list as the Italian one signed by [`RSA`].
fn open(xml: &str) -> Result<TrustedList, ListError> {
    TrustedList::open(xml.as_bytes(), "IT", &[certificate(&RSA.der)])
}

/// The list as [`RSA`] signs it.
fn signed(list: &List) -> String {
    RSA.sign(&list.xml(), RSA_SHA256)
}
