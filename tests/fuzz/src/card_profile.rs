//! Profiles of played cards: any card.toml, beside the files of a fixture.

use std::io;

use varco_emulator::PlayedCard;
use varco_virtual_cns::{Profile, ProfileError};

use crate::fixtures;

/// A profile asks for plain names only, and whatever it describes can be played, saved and restored.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let profile = match parse(&text) {
        Ok(profile) => profile,
        Err(error) => {
            assert!(!error.code().is_empty() && !error.to_string().is_empty());
            return;
        }
    };
    let mut card = profile.into_card();
    assert!(
        card.process(&[0x00, 0xA4, 0x00, 0x00]).response.is_empty(),
        "no power yet"
    );
    card.power_on();
    let state = card.snapshot();
    for command in COMMANDS {
        assert!(card.process(command).response.len() >= 2);
    }
    card.restore(&state).unwrap();
    assert_eq!(card.snapshot(), state);
}

fn parse(text: &str) -> Result<Profile, ProfileError> {
    Profile::parse(text, &mut |name| {
        assert!(
            !name.contains(['/', '\\', '\0']) && !name.starts_with('.'),
            "{name:?}"
        );
        match name {
            "key.p8" | "ef-1003.bin" | "ef-1101.bin" | "ef-1102.bin" | "ef-2f02.bin" => {
                Ok(fixtures::read(&format!("cards/cns-st/{name}")))
            }
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    })
}

const COMMANDS: [&[u8]; 6] = [
    b"\x00\xA4\x00\x00\x02\x3F\x00\x00",
    b"\x00\xA4\x08\x0C\x04\x10\x00\x10\x03",
    b"\x00\xB0\x00\x00\x00",
    b"\x00\x20\x00\x90\x0812345\xFF\xFF\xFF",
    b"\x00\x22\xF1\xB8\x03\x83\x01\x01",
    b"\x00\x20\x00\x10",
];

/// Those of the fixtures.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    Profile::names()
        .map(|name| fixtures::read(&format!("cards/{name}/card.toml")))
        .collect()
}
