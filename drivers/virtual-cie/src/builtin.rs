//! The profiles built into the program: the folders of fixtures/cards whose card is a CIE, byte for byte.
//!
//! Not here: their meaning. They go through the same checks as a folder that a user brings.

use varco_emulator::{EmbeddedProfile, ProfileError};

use crate::Profile;

/// One file of a folder of fixtures/cards.
macro_rules! fixture {
    ($folder:literal, $file:literal) => {
        concat!("../../../fixtures/cards/", $folder, "/", $file)
    };
}

/// Embeds folders by name; all have the same files.
macro_rules! embedded {
    ($($name:literal)*) => {
        &[$(EmbeddedProfile {
            name: $name,
            card_toml: include_str!(fixture!($name, "card.toml")),
            files: &[
                ("dh-g.bin", include_bytes!(fixture!($name, "dh-g.bin"))),
                ("dh-p.bin", include_bytes!(fixture!($name, "dh-p.bin"))),
                ("dh-q.bin", include_bytes!(fixture!($name, "dh-q.bin"))),
                ("ef-011c.bin", include_bytes!(fixture!($name, "ef-011c.bin"))),
                ("ef-1001.bin", include_bytes!(fixture!($name, "ef-1001.bin"))),
                ("ef-1002.bin", include_bytes!(fixture!($name, "ef-1002.bin"))),
                ("ef-1003.bin", include_bytes!(fixture!($name, "ef-1003.bin"))),
                ("ef-1004.bin", include_bytes!(fixture!($name, "ef-1004.bin"))),
                ("ef-1005.bin", include_bytes!(fixture!($name, "ef-1005.bin"))),
                ("ef-1006.bin", include_bytes!(fixture!($name, "ef-1006.bin"))),
                ("ef-2f01.bin", include_bytes!(fixture!($name, "ef-2f01.bin"))),
                ("ef-d003.bin", include_bytes!(fixture!($name, "ef-d003.bin"))),
                ("ef-d004.bin", include_bytes!(fixture!($name, "ef-d004.bin"))),
                ("key-81.p8", include_bytes!(fixture!($name, "key-81.p8"))),
                ("key-82.p8", include_bytes!(fixture!($name, "key-82.p8"))),
                ("key-83.p8", include_bytes!(fixture!($name, "key-83.p8"))),
                ("root-exponent.bin", include_bytes!(fixture!($name, "root-exponent.bin"))),
                ("root-modulus.bin", include_bytes!(fixture!($name, "root-modulus.bin"))),
            ],
        }),*]
    };
}

/// The default first.
static PROFILES: &[EmbeddedProfile] = embedded! {
    "cie-nxp"
    "cie-st"
    "cie-gemalto"
    "cie-gemalto2"
    "cie-actalis"
    "cie-minor"
    "cie-blocked"
    "cie-last-try"
    "cie-expired"
    "cie-clone-number"
    "cie-clone-device"
    "cie-tampered-number"
    "cie-tampered-certificate"
    "cie-bad-signature"
    "cie-flipped-mac"
    "cie-replayed-answer"
    "cie-unprotected-verify"
    "cie-dh-one"
    "cie-dh-zeros"
    "cie-revoked"
};

pub(crate) fn names() -> impl ExactSizeIterator<Item = &'static str> {
    PROFILES.iter().map(|profile| profile.name)
}

pub(crate) fn embedded(name: &str) -> Option<&'static EmbeddedProfile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

pub(crate) fn profile(name: &str) -> Result<Profile, ProfileError> {
    let embedded = EmbeddedProfile::find(PROFILES, name)?;
    Profile::parse(embedded.card_toml, &mut |wanted| embedded.file(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn fixtures() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cards"))
    }

    fn listing(folder: &Path) -> BTreeSet<String> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn every_fixture_is_built_in_with_all_its_files() {
        let folders: BTreeSet<String> = names().map(str::to_owned).collect();
        let mut there = listing(fixtures());
        there.retain(|folder| folder.starts_with("cie-"));
        assert_eq!(folders, there);
        for embedded in PROFILES {
            let mut files: BTreeSet<String> = embedded
                .files
                .iter()
                .map(|(file, _)| (*file).to_owned())
                .collect();
            files.insert("card.toml".to_owned());
            assert_eq!(
                files,
                listing(&fixtures().join(embedded.name)),
                "{}",
                embedded.name
            );
        }
    }

    #[test]
    fn built_in_profiles_are_playable_and_have_titles_in_both_languages() {
        for name in names() {
            let built_in = Profile::builtin(name).unwrap();
            assert_eq!(built_in.name(), name);
            assert!(!built_in.title_en().is_empty() && !built_in.title_it().is_empty());
            assert_eq!(
                (built_in.pin_value(), built_in.puk_value()),
                ("12345678", "87654321")
            );
        }
        assert_eq!(names().next(), Some("cie-nxp"));
    }

    #[test]
    fn unknown_name_lists_those_that_there_are() {
        let error = Profile::builtin("cie").unwrap_err();
        assert_eq!(error.code(), "profile-unknown");
        assert!(error.to_string().contains("cie-gemalto"));
    }
}
