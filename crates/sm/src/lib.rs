//! Secure messaging, and the terminal's half of device authentication as a CIE 3.0 wants it.
//!
//! What this crate is not: it reads no file and knows no PIN (`card-cie` does), it draws no random number (the caller
//! gives a seed), and it does not say whose device key is a genuine card's (`pki` does, by the document's security object).
//! The card's half is played elsewhere, on its own; both meet in published values and foreign clients only.
//!
//! Layer 2 (knowledge): depends on `card` and `apdu`.
//!
//! Start with [`authenticate`], which gives a [`SecureMessaging`]: a `CardChannel` around a `CardChannel`.
//!
//! ```
//! use varco_apdu::{CommandApdu, ResponseApdu};
//! use varco_sm::{Session, SessionKeys};
//!
//! // The first exchange of the worked values: MANAGE SECURITY ENVIRONMENT, counter 2 [cie §3.6].
//! let secret: Vec<u8> = (0..=255).collect();
//! let mut session = Session::new(SessionKeys::from_shared_secret(&secret), 1);
//! let command = CommandApdu::new(0x00, 0x22, 0x81, 0xB6)
//!     .with_data(&[0x80, 0x01, 0x41, 0x83, 0x01, 0x84])
//!     .expecting(256);
//! let protected = session.protect(&command).unwrap();
//! assert_eq!(protected.cla(), 0x0C);
//! let answer = ResponseApdu::parse(&[
//!     0x99, 0x02, 0x90, 0x00, 0x8E, 0x08, 0x6D, 0xDD, 0x67, 0x02, 0x02, 0x3F, 0x1F, 0x87, 0x90, 0x00,
//! ])
//! .unwrap();
//! assert!(session.open(&answer).unwrap().status().is_success());
//! ```
//!
//! Invariants:
//! * A channel that saw anything wrong is closed for good, and says so to every later command.
//! * A protected command is never repeated with the same counter, and never marked repeatable.
//! * A MAC is compared in constant time; private values are raised in constant time.
//! * Keys are wiped on drop and do not print.

mod authentication;
mod certificate;
mod channel;
mod cipher;
mod constants;
mod expand;
mod group;
mod number;
mod recovery;
mod session;

pub use authentication::{AuthenticationError, Terms, authenticate};
pub use certificate::RootKey;
pub use channel::SecureMessaging;
pub use cipher::SessionKeys;
pub use constants::ROOT_PRIVATE_EXPONENT;
pub use group::{Group, Strength, WeakValue};
pub use session::{Session, SessionFault};

/// An RSA key that a card is to prove.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// Big-endian, without zeros in front.
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl core::fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.modulus_bits())
    }
}
