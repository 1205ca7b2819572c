//! What goes wrong between a played card and vpcd.
//!
//! Not here: the end of a connection. A reader that goes away is an outcome ([`crate::Ended`]).

use std::io;

/// Why a card cannot be put into the reader.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VpcdError {
    /// Nothing listens there.
    #[error(
        "nothing listens on {address}: start pcscd with the vpcd reader (package vsmartcard-vpcd), and see \
         that its port is the one asked for"
    )]
    Refused {
        /// Host and port.
        address: String,
    },
    /// The connection failed otherwise.
    #[error("no connection to {address}: {reason}")]
    Connect {
        /// Host and port.
        address: String,
        /// What the system said.
        reason: io::Error,
    },
    /// A text that is no address of a vpcd.
    #[error("{text:?} is not an address of the form vpcd://HOST:PORT")]
    Address {
        /// The text.
        text: String,
    },
    /// An address on another machine, which must be allowed explicitly.
    #[error("{host} is not this machine: commands and PINs would cross the network in the clear")]
    NotLoopback {
        /// The host.
        host: String,
    },
}

impl VpcdError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "vpcd-refused",
            Self::Connect { .. } => "vpcd-connect",
            Self::Address { .. } => "vpcd-address",
            Self::NotLoopback { .. } => "vpcd-not-loopback",
        }
    }
}
