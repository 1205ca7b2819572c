//! The single place that names the compiled-in drivers.
//!
//! What this crate is not: it drives nothing itself, but for the readers of played cards, which are a hand-over
//! from the emulator's contract to the card contract ([`played`]).
//!
//! Layer 7 (edges). To support another kind of card or reader, add its line here.
//!
//! Invariants:
//! * No other crate names a driver.
//! * Without feature `played` no played card is compiled in, whatever the command line says.
//!
//! ```
//! let drivers = varco_roster::card_drivers();
//! assert_eq!(drivers.len(), 2);
//! ```

use varco_card_cie::CieDriver;
use varco_card_cns::CnsDriver;
use varco_credential::CardDriver;

#[cfg(feature = "played")]
pub mod played;

/// The kinds of card that are known, in the order in which they are asked.
#[must_use]
pub fn card_drivers() -> Vec<Box<dyn CardDriver>> {
    vec![Box::new(CieDriver), Box::new(CnsDriver::default())]
}

/// The same, with makers' files that a user brings: the name of each, for errors, and its text.
///
/// # Errors
/// [`makers::ProfileError`] names the file and the line.
pub fn card_drivers_with(
    files: &[(String, String)],
) -> Result<Vec<Box<dyn CardDriver>>, makers::ProfileError> {
    Ok(vec![
        Box::new(CieDriver),
        Box::new(CnsDriver::with_profiles(files)?),
    ])
}

/// Makers' files: what is wrong with one, and how much of them is taken.
pub mod makers {
    pub use varco_card_cns::{PROFILE_MAX_BYTES, PROFILES_MAX, ProfileError};
}

/// Readers behind the system's PC/SC service.
#[cfg(feature = "pcsc")]
pub use varco_reader_pcsc as pcsc;

/// NFC readers through libnfc.
#[cfg(feature = "nfc")]
pub use varco_reader_nfc as nfc;

/// Played cards in a serial reader with a keypad, which libccid drives.
#[cfg(feature = "played")]
pub use varco_virtual_ccid as ccid;

/// Played cards in the field of a PN532 on a pseudo-terminal.
#[cfg(feature = "played")]
pub use varco_virtual_pn532 as pn532;

/// Played cards in a reader behind pcscd.
#[cfg(feature = "played")]
pub use varco_virtual_vpcd as vpcd;

/// Recordings, played by a reader.
#[cfg(feature = "played")]
pub use varco_reader_replay as replay;

/// What is wrong with a played card's profile.
#[cfg(feature = "played")]
pub use varco_emulator::{PlayedCard, ProfileError as PlayedProfileError};

/// What can go wrong between a played card and its reader.
#[cfg(feature = "played")]
pub use varco_emulator::fault;
