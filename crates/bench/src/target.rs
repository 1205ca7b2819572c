//! Where a scenario is run: which reader, and whose hands put cards into it.
//!
//! Not here: what is done there ([`crate::run`]).

mod hindrance;
mod holder;
mod keeper;
mod place;
mod played;
mod reader;
mod secrets;
mod spending;
mod stage;

use core::fmt;
use core::str::FromStr;

pub use hindrance::{Blame, Hindrance};
pub use holder::{Holder, HolderError};
pub use keeper::Keeper;
pub(crate) use played::private_folder;
pub use played::{PlayedStage, Restart, Surroundings};
pub use reader::ReaderStage;
pub use secrets::{Secrets, Value};
pub use spending::Amount;
pub use stage::{Counts, Holding, Stage};

/// Where a scenario is run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    /// A played reader in the worker's own process.
    InProcess,
    /// A real pcscd with vpcd.
    Vpcd,
    /// A real pcscd whose libccid drives a serial reader with a keypad.
    Ccid,
    /// The real libnfc at a virtual PN532.
    Nfc,
    /// The reader that the bench file names, of the PC/SC service that is there; a rig puts the cards in.
    Reader,
}

/// A target that nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a target is in-process, vpcd, ccid, nfc or reader")]
pub struct TargetError;

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        match text {
            "in-process" => Ok(Self::InProcess),
            "vpcd" => Ok(Self::Vpcd),
            "ccid" => Ok(Self::Ccid),
            "nfc" => Ok(Self::Nfc),
            "reader" => Ok(Self::Reader),
            _ => Err(TargetError),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InProcess => "in-process",
            Self::Vpcd => "vpcd",
            Self::Ccid => "ccid",
            Self::Nfc => "nfc",
            Self::Reader => "reader",
        })
    }
}
