//! Profiles of played identity cards: any card.toml, beside the files of a fixture.
//!
//! Not here: a card that was made to be one (`played_cie`).

use std::io;

use varco_emulator::{PlayedCard, ProfileError};
use varco_virtual_cie::Profile;

use crate::fixtures;

/// The card whose files are there.
const CARD: &str = "cie-nxp";
/// A name that begins like this is a file with the bytes that follow, so that numbers can be of any size.
const HEX: &str = "hex-";

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
    // A value with zeros in front is looked for so long that it must not be asked for here.
    if !text.contains("dh-leading-zeros") {
        assert!(card.process(AGREE).response.len() >= 2);
    }
    assert_eq!(card.snapshot(), state, "no PIN is tried in clear");
    card.restore(&state).unwrap();
    assert_eq!(card.snapshot(), state);
}

fn parse(text: &str) -> Result<Profile, ProfileError> {
    Profile::parse(text, &mut |name| {
        assert!(
            !name.contains(['/', '\\', '\0']) && !name.starts_with('.'),
            "{name:?}"
        );
        if let Some(bytes) = name.strip_prefix(HEX).and_then(varco_emulator::profile_hex) {
            return Ok(bytes);
        }
        match name {
            "dh-g.bin" | "dh-p.bin" | "dh-q.bin" | "ef-011c.bin" | "ef-1001.bin" | "ef-1002.bin"
            | "ef-1003.bin" | "ef-1004.bin" | "ef-1005.bin" | "ef-1006.bin" | "ef-2f01.bin"
            | "ef-d003.bin" | "ef-d004.bin" | "key-81.p8" | "key-82.p8" | "key-83.p8"
            | "root-exponent.bin" | "root-modulus.bin" => Ok(fixtures::read(&format!("cards/{CARD}/{name}"))),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    })
}

/// The last of them tells a value for the agreement.
const COMMANDS: [&[u8]; 11] = [
    b"\x00\xB0\x9D\x00\x00",
    b"\x00\xA4\x04\x00\x06\xA0\x00\x00\x00\x00\x39\x00",
    b"\x00\xB0\x81\x00\x0C",
    b"\x00\xB0\x86\x00\x00\x00\x00",
    b"\x00\xA4\x02\x00\x02\x10\x03\x00",
    b"\x00\xCB\x3F\xFF\x0A\x4D\x08\x70\x06\xBF\xA1\x01\x02\xA3\x80\x00",
    b"\x00\xCB\x3F\xFF\x0B\x4D\x09\x70\x07\xBF\xA0\x04\x03\x7F\x49\x80\x00",
    b"\x00\x20\x00\x81\x0812345678",
    b"\x00\x22\x41\xA4\x06\x80\x01\x02\x84\x01\x83",
    b"\x00\x88\x00\x00\x02\x30\x31\x00",
    b"\x00\x22\x41\xA6\x09\x80\x01\x9B\x83\x01\x81\x91\x01\x02",
];
const AGREE: &[u8] = b"\x00\xCB\x3F\xFF\x06\x4D\x04\xA6\x02\x91\x00\x00";

/// Those of the fixtures, and one with small numbers.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let profile = |name: &str| fixtures::read(&format!("cards/{name}/card.toml"));
    let small = String::from_utf8(profile(CARD)).unwrap();
    let small = small
        .replace("dh-p.bin", "hex-A7")
        .replace("dh-q.bin", "hex-53")
        .replace("dh-g.bin", "hex-02")
        .replace("root-modulus.bin", "hex-010001")
        .replace("root-exponent.bin", "hex-03");
    let mut seeds: Vec<Vec<u8>> = fixtures::identity_cards().map(profile).collect();
    seeds.push(small.into_bytes());
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_a_profile() {
        for seed in seeds() {
            parse(str::from_utf8(&seed).unwrap()).unwrap();
        }
    }
}
