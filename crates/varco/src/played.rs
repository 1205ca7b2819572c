//! Played cards for applications that want to be tested or shown without a card.
//!
//! Not here: how they are played (`emulator`, `virtual-*`).

pub use varco_roster::PlayedProfileError as ProfileError;
pub use varco_roster::played::Profile;
pub use varco_roster::played::{LostAt, PlayedReader, PlayedReaders};
pub use varco_roster::{pn532, vpcd};

use varco_card::ExtendedLength;

/// Readers in this process, called `played:NAME`, each with the card of a built-in profile in it; and the hands at
/// them, in the same order.
///
/// # Errors
/// [`ProfileError`] when there is no profile of this name.
pub fn readers(profiles: &[&str]) -> Result<(PlayedReaders, Vec<PlayedReader>), ProfileError> {
    let profiles = profiles
        .iter()
        .map(|name| Ok((*name, Profile::builtin(name)?)))
        .collect::<Result<Vec<_>, ProfileError>>()?;
    Ok(readers_with(profiles))
}

/// The same with profiles that need not be built in, each behind the NAME of its reader.
#[must_use]
pub fn readers_with(profiles: Vec<(&str, Profile)>) -> (PlayedReaders, Vec<PlayedReader>) {
    let mut readers = PlayedReaders::new();
    let hands = profiles
        .into_iter()
        .map(|(name, profile)| {
            let hand = readers.add(&format!("played:{name}"), ExtendedLength::Supported);
            hand.insert(profile.into_card());
            hand
        })
        .collect();
    (readers, hands)
}
