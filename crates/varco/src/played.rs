//! Played cards for applications that want to be tested or shown without a card.
//!
//! Not here: how they are played (`emulator`, `virtual-*`).

pub use varco_roster::played::{LostAt, PlayedReader, PlayedReaders};
pub use varco_roster::virtual_cns::{Profile, ProfileError};
pub use varco_roster::vpcd;

use varco_card::ExtendedLength;

/// Readers in this process, called `played:NAME`, each with the card of a built-in profile in it; and the hands at
/// them, in the same order.
///
/// # Errors
/// [`ProfileError`] when there is no profile of this name.
pub fn readers(profiles: &[&str]) -> Result<(PlayedReaders, Vec<PlayedReader>), ProfileError> {
    let mut readers = PlayedReaders::new();
    let mut hands = Vec::new();
    for name in profiles {
        let card = Profile::builtin(name)?.into_card();
        let hand = readers.add(&format!("played:{name}"), ExtendedLength::Supported);
        hand.insert(Box::new(card));
        hands.push(hand);
    }
    Ok((readers, hands))
}
