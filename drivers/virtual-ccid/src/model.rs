//! Which reader is played, and how pcscd is told of it.
//!
//! Not here: what a reader does (`machine`).

use std::path::Path;

/// A kind of serial reader that libccid drives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Model {
    /// GemPCPinPad: with a keypad.
    PinPad,
    /// GemPCTwin: without.
    Plain,
}

/// Where Debian has libccid's driver of serial readers (package libccid).
pub const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libccidtwin.so";

impl Model {
    /// As libccid calls it, behind the path of the line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PinPad => "GemPCPinPad",
            Self::Plain => "GemPCTwin",
        }
    }

    /// The entry in pcscd's configuration of such a reader on a line.
    #[must_use]
    pub fn entry(self, line: &Path) -> String {
        let (name, line) = (self.name(), line.display());
        format!("FRIENDLYNAME \"{name}\"\nDEVICENAME {line}:{name}\nLIBPATH {DRIVER}\n")
    }
}
