//! Where a scenario is run: which reader, and whose hands put cards into it.
//!
//! Not here: what is done there ([`crate::run`]).

mod hindrance;
mod holder;
mod place;
mod played;
mod reader;
mod secrets;
mod stage;

use core::fmt;
use core::str::FromStr;

pub use hindrance::{Blame, Hindrance};
pub use holder::{Holder, HolderError};
pub use played::{PlayedStage, Restart, Surroundings};
pub use reader::ReaderStage;
pub use secrets::Secrets;
pub use stage::{Counts, Holding, Stage};

/// Where a scenario is run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    /// A played reader in the worker's own process.
    InProcess,
    /// A real pcscd with vpcd.
    Vpcd,
    /// A real pcscd whose libccid drives a serial reader with a keypad.
    Ccid,
    /// The real libnfc at a virtual PN532.
    Nfc,
    /// A reader of the PC/SC service that is there, by its name or a part of it; a rig puts the cards in.
    Reader(String),
}

/// A target that nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a target is in-process, vpcd, ccid, nfc or reader:NAME")]
pub struct TargetError;

/// Before the name of a real reader.
const READER: &str = "reader:";

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        match text {
            "in-process" => Ok(Self::InProcess),
            "vpcd" => Ok(Self::Vpcd),
            "ccid" => Ok(Self::Ccid),
            "nfc" => Ok(Self::Nfc),
            _ => match text.strip_prefix(READER) {
                Some(name) if !name.is_empty() && !name.chars().any(char::is_control) => {
                    Ok(Self::Reader(name.to_owned()))
                }
                _ => Err(TargetError),
            },
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InProcess => f.write_str("in-process"),
            Self::Vpcd => f.write_str("vpcd"),
            Self::Ccid => f.write_str("ccid"),
            Self::Nfc => f.write_str("nfc"),
            Self::Reader(name) => write!(f, "{READER}{name}"),
        }
    }
}
