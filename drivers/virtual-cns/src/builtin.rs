//! The profiles built into the program: the folders of fixtures/cards, byte for byte.
//!
//! Not here: their meaning. They go through the same checks as a folder that a user brings.

use std::io;

use crate::{Profile, ProfileError};

/// One folder.
struct Embedded {
    name: &'static str,
    card_toml: &'static str,
    files: &'static [(&'static str, &'static [u8])],
}

/// Embeds folders of fixtures/cards by name, each with the files beside its card.toml.
macro_rules! embedded {
    ($($name:literal [$($file:literal)*])*) => {
        &[$(Embedded {
            name: $name,
            card_toml: include_str!(concat!("../../../fixtures/cards/", $name, "/card.toml")),
            files: &[$((
                $file,
                include_bytes!(concat!("../../../fixtures/cards/", $name, "/", $file)),
            )),*],
        }),*]
    };
}

/// The default first.
static PROFILES: &[Embedded] = embedded! {};

pub(crate) fn names() -> impl ExactSizeIterator<Item = &'static str> {
    PROFILES.iter().map(|profile| profile.name)
}

pub(crate) fn profile(name: &str) -> Result<Profile, ProfileError> {
    let Some(embedded) = PROFILES.iter().find(|profile| profile.name == name) else {
        return Err(ProfileError::Unknown {
            names: names().collect(),
        });
    };
    Profile::parse(embedded.card_toml, &mut |wanted| {
        embedded
            .files
            .iter()
            .find(|(file, _)| *file == wanted)
            .map(|(_, bytes)| bytes.to_vec())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    })
}
