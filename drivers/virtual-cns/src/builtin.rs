//! The profiles built into the program: the folders of fixtures/cards, byte for byte.
//!
//! Not here: their meaning. They go through the same checks as a folder that a user brings.

use varco_emulator::EmbeddedProfile;

use crate::{Profile, ProfileError};

/// Embeds folders of fixtures/cards by name, each with the files beside its card.toml.
macro_rules! embedded {
    ($($name:literal [$($file:literal)*])*) => {
        &[$(EmbeddedProfile {
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
static PROFILES: &[EmbeddedProfile] = embedded! {
    "cns-st" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-st-2021" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-athena" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-last-try" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-blocked" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-expired" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-no-certificate" ["ef-1003.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-minor" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-wrong-key" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-idemia-2021" ["ef-1000.bin" "ef-1003.bin" "ef-1102.bin" "ef-2002.bin" "ef-2f02.bin" "key.p8"]
    "cns-gd-2025" ["ef-1003.bin" "ef-1102.bin" "ef-2f02.bin" "ef-c001.bin" "ef-d003.bin" "key.p8"]
    "cns-infocamere" ["ef-1003.bin" "ef-1102.bin" "ef-2f02.bin" "ef-8228.bin" "key.p8"]
    "cns-infocert-1205" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-cardos" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-chipdoc" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-bit4id" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-t0" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-nfc-st2022" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-digest-info" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-short" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-revoked" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
    "cns-suspended" ["ef-1003.bin" "ef-1101.bin" "ef-1102.bin" "ef-2f02.bin" "key.p8"]
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
        there.retain(|folder| folder.starts_with("cns-"));
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
                ("12345", "12345678")
            );
        }
        assert_eq!(names().next(), Some("cns-st"));
    }

    #[test]
    fn unknown_name_lists_those_that_there_are() {
        let error = Profile::builtin("cns").unwrap_err();
        assert_eq!(error.code(), "profile-unknown");
        assert!(error.to_string().contains("cns-athena"));
    }
}
