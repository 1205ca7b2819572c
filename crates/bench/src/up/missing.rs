//! What a bench needs that is not installed, as Debian names it.
//!
//! Not here: what the service itself needs and which package has a command (`varco_stand::packages`).

use std::ffi::OsStr;
use std::path::Path;

use varco_stand::packages::{missing_for_command, missing_for_pcscd};

use super::{CardPlan, ReaderKind};

const LIBCCID: &str = "/usr/lib/pcsc/drivers/serial/libccidtwin.so";

/// The packages that are missing for these cards and, where it is known, for the command that is to find them.
#[must_use]
pub fn missing(cards: &[CardPlan], command: Option<&OsStr>) -> Vec<&'static str> {
    let wants = |kind: ReaderKind| cards.iter().any(|card| card.reader == kind);
    let (vpcd, pad) = (wants(ReaderKind::Vpcd), wants(ReaderKind::PinPad));
    let mut packages = if vpcd || pad {
        missing_for_pcscd()
    } else {
        Vec::new()
    };
    if !vpcd {
        packages.retain(|package| *package != "vsmartcard-vpcd");
    }
    if pad && !Path::new(LIBCCID).exists() {
        packages.push("libccid");
    }
    packages.extend(command.and_then(missing_for_command));
    packages
}
