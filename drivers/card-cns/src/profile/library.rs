//! The makers' files that are known, and which of them a card gets.
//!
//! Not here: what a file may say (`check`).

use std::sync::{Arc, LazyLock};

use varco_apdu::Atr;

use super::{Profile, ProfileError, parse};
use crate::maker::Maker;

/// The most files that a user may bring.
pub const PROFILES_MAX: usize = 64;

/// The makers' files. The first that fits is taken.
const MAKERS: &[(&str, &str)] = &[
    ("st-2021", include_str!("../../profiles/st-2021.toml")),
    ("st-2022-nfc", include_str!("../../profiles/st-2022-nfc.toml")),
    ("st-incard-1.1", include_str!("../../profiles/st-incard-1.1.toml")),
    ("st-incard-1.0", include_str!("../../profiles/st-incard-1.0.toml")),
    ("chipdoc", include_str!("../../profiles/chipdoc.toml")),
    ("athena", include_str!("../../profiles/athena.toml")),
    ("cardos", include_str!("../../profiles/cardos.toml")),
    ("gd-2025", include_str!("../../profiles/gd-2025.toml")),
    ("idemia-2021", include_str!("../../profiles/idemia-2021.toml")),
    ("oberthur", include_str!("../../profiles/oberthur.toml")),
];

static BUILT_IN: LazyLock<Vec<Arc<Profile>>> = LazyLock::new(|| {
    MAKERS
        .iter()
        .map(|(name, text)| Arc::new(embedded(name, text)))
        .collect()
});

static GENERIC: LazyLock<Arc<Profile>> =
    LazyLock::new(|| Arc::new(embedded("generic", include_str!("../../profiles/generic.toml"))));

#[expect(
    clippy::expect_used,
    reason = "the text is part of the program and does not depend on a card; a test reads each file"
)]
fn embedded(name: &str, text: &str) -> Profile {
    parse(name, text).expect("a profile that is part of the program")
}

/// All profiles, in the order in which they are asked.
#[derive(Clone, Debug)]
pub(crate) struct Library(Vec<Arc<Profile>>);

impl Default for Library {
    fn default() -> Self {
        Self(BUILT_IN.clone())
    }
}

impl Library {
    /// With files that a user brings, asked before those that are built in: name and text of each.
    pub(crate) fn with_files(files: &[(String, String)]) -> Result<Self, ProfileError> {
        if let Some((file, _)) = files.get(PROFILES_MAX) {
            return Err(ProfileError {
                file: file.clone(),
                line: 1,
                what: format!("more than {PROFILES_MAX} files"),
            });
        }
        let mut profiles = files
            .iter()
            .map(|(name, text)| parse(name, text).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        profiles.extend_from_slice(&BUILT_IN);
        Ok(Self(profiles))
    }

    /// For a card that is labelled CNS: its maker's profile, or the generic one, whose values risk nothing.
    pub(crate) fn of_maker(&self, maker: &Maker) -> Arc<Profile> {
        self.0
            .iter()
            .find(|profile| profile.fits_label(maker))
            .map_or_else(Self::generic, Arc::clone)
    }

    /// Those that a contactless reader's answer hints at.
    pub(crate) fn hinted<'l>(&'l self, atr: &'l Atr) -> impl Iterator<Item = &'l Arc<Profile>> {
        self.0.iter().filter(|profile| profile.fits_atr(atr))
    }

    /// Those whose cards keep everything in an application.
    pub(crate) fn with_application(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.0.iter().filter(|profile| profile.application.is_some())
    }

    pub(crate) fn generic() -> Arc<Profile> {
        Arc::clone(&GENERIC)
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = &Profile> {
        self.0.iter().map(|profile| &**profile).chain([&**GENERIC])
    }
}
