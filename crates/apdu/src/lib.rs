//! The words spoken to a card: C-APDU, R-APDU, status words, BER-TLV, ATR, and the PIN and PUK secrets.
//!
//! What this crate is not: it opens no reader, sends nothing, and knows no card. It neither decides when a
//! command may be sent again nor when a PIN may be spent: it only carries the marks ([`Repeat`],
//! [`Sensitivity`]) that the channels above and below obey.
//!
//! Layer 0 (words): depends on nothing inside the workspace.
//!
//! Start with [`CommandApdu`]: one constructor, small steps, then [`CommandApdu::encode`].
//!
//! ```
//! use varco_apdu::{CommandApdu, LengthForm, ResponseApdu, StatusWord};
//!
//! // READ BINARY of the first 256 bytes of the current file (ISO/IEC 7816-4 §11.3.3).
//! let read = CommandApdu::new(0x00, 0xB0, 0x00, 0x00).expecting(256).repeatable();
//! assert_eq!(read.encode(LengthForm::Short).unwrap().as_slice(), [0x00, 0xB0, 0x00, 0x00, 0x00]);
//!
//! let answer = ResponseApdu::parse(&[0x30, 0x82, 0x90, 0x00]).unwrap();
//! assert_eq!(answer.data(), [0x30, 0x82]);
//! assert_eq!(answer.status(), StatusWord::SUCCESS);
//! ```
//!
//! Invariants:
//! * `Debug` of a command or response shows header, lengths and status word, never a data byte.
//! * Data of commands and responses, and every [`Pin`] and [`Puk`], is wiped when dropped; what was typed is also kept out of
//!   swap space and core files, where the system allows that ([`LockedBuffer`]).
//! * Every status word survives as it came; a word nobody knows is still a [`StatusWord`].
//! * No parser here panics, recurses without bound or allocates more than its input allows.

mod atr;
mod command;
mod encode;
mod ids;
mod locked;
mod response;
mod secret;
mod status;
pub mod tlv;

pub use atr::{Atr, AtrError};
pub use command::{ChainPosition, CommandApdu, Repeat, Sensitivity, ins};
pub use encode::{EncodeError, LengthForm, ParseError};
pub use ids::{Aid, AidError, FileId};
pub use locked::LockedBuffer;
pub use response::{ResponseApdu, ResponseTooShort};
pub use secret::{Mask, Masked, Pin, Puk, SECRET_LENGTH_MAX, SecretTooLong};
pub use status::{StatusKind, StatusWord};
