//! A played card of any kind by its profile: built in, from a folder, or from text.
//!
//! Not here: what a profile says (`virtual-*`).

use std::io;
use std::path::Path;

use varco_emulator::{EmbeddedProfile, PlayedCard, ProfileError, ProfileSource};
use varco_virtual_cie::Profile as CieProfile;
use varco_virtual_cns::Profile as CnsProfile;

use super::folder;

/// A card that can be played.
#[derive(Debug)]
pub enum Profile {
    /// A Carta Nazionale dei Servizi.
    Cns(Box<CnsProfile>),
    /// An identity card.
    Cie(Box<CieProfile>),
}

/// Asks the profile of either kind.
macro_rules! either {
    ($profile:expr, $inner:ident => $answer:expr) => {
        match $profile {
            Profile::Cns($inner) => $answer,
            Profile::Cie($inner) => $answer,
        }
    };
}

impl Profile {
    /// The names of the profiles built into the program, the default first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        CnsProfile::names().chain(CieProfile::names())
    }

    /// A profile built into the program.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] for a name that [`Profile::names`] does not give.
    pub fn builtin(name: &str) -> Result<Self, ProfileError> {
        if CieProfile::names().any(|known| known == name) {
            return CieProfile::builtin(name).map(|profile| Self::Cie(Box::new(profile)));
        }
        match CnsProfile::builtin(name) {
            Err(ProfileError::Unknown { .. }) => Err(ProfileError::Unknown {
                names: Self::names().collect(),
            }),
            other => other.map(|profile| Self::Cns(Box::new(profile))),
        }
    }

    /// The text and the files of a built-in profile, as they were built in; none of another name.
    #[must_use]
    pub fn embedded(name: &str) -> Option<&'static EmbeddedProfile> {
        CnsProfile::embedded(name).or_else(|| CieProfile::embedded(name))
    }

    /// Reads a profile's folder: `card.toml` and the files that it names, none from elsewhere.
    ///
    /// # Errors
    /// [`ProfileError`] names the file and the key.
    pub fn from_dir(folder: &Path) -> Result<Self, ProfileError> {
        folder::profile(folder)
    }

    /// Builds a profile from the text of card.toml, whose `kind` says of which; `file` gives the bytes of each file that it
    /// names.
    ///
    /// # Errors
    /// [`ProfileError`] names the file and the key.
    pub fn parse(card_toml: &str, file: ProfileSource<'_>) -> Result<Self, ProfileError> {
        // A text that is not TOML is told of by either.
        let written = card_toml.parse::<toml::Table>().ok();
        let is_cie =
            written.is_some_and(|table| table.get("kind").and_then(toml::Value::as_str) == Some("cie"));
        if is_cie {
            CieProfile::parse(card_toml, file).map(|profile| Self::Cie(Box::new(profile)))
        } else {
            CnsProfile::parse(card_toml, file).map(|profile| Self::Cns(Box::new(profile)))
        }
    }

    /// The profile's name.
    #[must_use]
    pub fn name(&self) -> &str {
        either!(self, profile => profile.name())
    }

    /// One line for people, in English.
    #[must_use]
    pub fn title_en(&self) -> &str {
        either!(self, profile => profile.title_en())
    }

    /// One line for people, in Italian.
    #[must_use]
    pub fn title_it(&self) -> &str {
        either!(self, profile => profile.title_it())
    }

    /// The test PIN, to be told to whoever plays the card.
    #[must_use]
    pub fn pin_value(&self) -> &str {
        either!(self, profile => profile.pin_value())
    }

    /// The test PUK.
    #[must_use]
    pub fn puk_value(&self) -> &str {
        either!(self, profile => profile.puk_value())
    }

    /// With this seed for what the card draws by lot. A CNS draws nothing.
    #[must_use]
    pub fn with_seed(self, seed: [u8; 32]) -> Self {
        match self {
            Self::Cie(profile) => Self::Cie(Box::new(profile.with_seed(seed))),
            cns @ Self::Cns(_) => cns,
        }
    }

    /// The card, without power yet.
    #[must_use]
    pub fn into_card(self) -> Box<dyn PlayedCard> {
        match self {
            Self::Cns(profile) => Box::new(profile.into_card()),
            Self::Cie(profile) => Box::new(profile.into_card()),
        }
    }
}

/// For a folder that cannot be read.
pub(super) fn unreadable(folder: &Path, file: &str, reason: io::Error) -> ProfileError {
    ProfileError::Unreadable {
        file: folder.join(file).display().to_string(),
        reason,
    }
}
