//! Reads one maker's file and refuses what cannot be a card: what it says decides what a PIN is sent as.
//!
//! Not here: whether it is true of any card. A file that is wrong about its card can cost tries.

use super::Profile;

/// The largest file that is read, in bytes.
pub const PROFILE_MAX_BYTES: usize = 65_536;
const NAME_MAX: usize = 40;
const TITLE_MAX: usize = 120;
const PLACES_MAX: usize = 8;
const WORDS_MAX: usize = 8;

/// A maker's file is not one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}, line {line}: {what}")]
pub struct ProfileError {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1; 1 where no line is to blame.
    pub line: usize,
    /// What is wrong, in English.
    pub what: String,
}

impl ProfileError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "maker-profile-invalid"
    }
}

/// Reads and checks a file.
pub(crate) fn parse(file: &str, text: &str) -> Result<Profile, ProfileError> {
    let fault = |line: usize, what: &str| ProfileError {
        file: file.to_owned(),
        line,
        what: what.replace('\n', ", "),
    };
    if text.len() > PROFILE_MAX_BYTES {
        return Err(fault(1, "longer than 64 KiB"));
    }
    let profile: Profile = toml::from_str(text).map_err(|error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        fault(1 + before.matches('\n').count(), error.message())
    })?;
    match objection(&profile) {
        None => Ok(profile),
        Some((key, what)) => Err(fault(line_of(text, key), what)),
    }
}

/// The first line that names the last part of a key.
fn line_of(text: &str, key: &str) -> usize {
    text.lines()
        .position(|line| line.trim_start().trim_start_matches('[').starts_with(key))
        .map_or(1, |index| index + 1)
}

/// The key that cannot be, and why.
fn objection(profile: &Profile) -> Option<(&'static str, &'static str)> {
    let pin = &profile.pin;
    let commands = &profile.commands;
    let is_range = |(first, last): (u16, u16)| first <= last;
    let label = profile.fits.label.as_ref();
    [
        (
            is_name(&profile.name),
            "name",
            "expected a name of small letters, digits, - and .",
        ),
        (
            is_title(&profile.title_it),
            "title_it",
            "expected one line of 1 to 120 characters",
        ),
        (
            is_title(&profile.title_en),
            "title_en",
            "expected one line of 1 to 120 characters",
        ),
        (
            label.and_then(|label| label.os).is_none_or(is_range)
                && label
                    .and_then(|label| label.version)
                    .is_none_or(|(first, last)| first <= last),
            "match",
            "expected ranges from the lower to the higher end",
        ),
        (
            (1..=PLACES_MAX).contains(&profile.certificate.len()),
            "certificate",
            "expected 1 to 8 places for the certificate",
        ),
        (
            (0x01..=0x1F).contains(&pin.reference),
            "reference",
            "expected 0x01 to 0x1F for the PIN",
        ),
        (
            (4..=pin.length_max).contains(&pin.length_min) && pin.length_max <= pin.block_bytes,
            "length_min",
            "expected at least 4 digits, and no more than the block has bytes",
        ),
        (
            profile.secrets().all(|number| (0x01..=0x1F).contains(&number)) && profile.are_secrets_apart(),
            "puk",
            "expected 0x01 to 0x1F for PUK and signature PIN, and each another number",
        ),
        (
            profile.puk.as_ref().is_none_or(|puk| {
                (4..=puk.length_max).contains(&puk.length_min) && puk.length_max <= pin.block_bytes
            }),
            "puk",
            "expected a PUK of at least 4 digits, and no more than the block has bytes",
        ),
        (
            profile.tries_max().all(|tries| (1..=15).contains(&tries)),
            "tries_max",
            "expected 1 to 15",
        ),
        (
            (4..=16).contains(&pin.block_bytes),
            "block_bytes",
            "expected 4 to 16",
        ),
        (
            !pin.padding_byte.is_ascii_digit(),
            "padding_byte",
            "expected a byte that is no digit",
        ),
        (
            pin.wrong_words.len() <= WORDS_MAX && pin.wrong_words.iter().all(|word| word >> 8 == 0x63),
            "wrong_words",
            "expected at most 8 words that begin with 63",
        ),
        (
            (1..=256).contains(&commands.read_block_bytes),
            "read_block_bytes",
            "expected 1 to 256",
        ),
        (
            commands.success_words.len() <= WORDS_MAX
                && commands.success_words.contains(&0x9000)
                && commands.success_words.iter().all(|word| word >> 8 == 0x90),
            "success_words",
            "expected 9000 and at most 7 more words that begin with 90",
        ),
        (
            profile
                .application
                .as_ref()
                .and_then(|application| application.data.as_ref())
                .is_none_or(|data| data.value.exact().is_some()),
            "data",
            "expected bytes without ??",
        ),
    ]
    .into_iter()
    .find_map(|(holds, key, what)| (!holds).then_some((key, what)))
}

fn is_name(name: &str) -> bool {
    (1..=NAME_MAX).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
}

fn is_title(title: &str) -> bool {
    (1..=TITLE_MAX).contains(&title.chars().count()) && !title.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERIC: &str = include_str!("../../profiles/generic.toml");

    fn refused(from: &str, to: &str) -> ProfileError {
        assert!(GENERIC.contains(from), "{from}");
        parse("mine.toml", &GENERIC.replace(from, to)).unwrap_err()
    }

    #[test]
    fn a_file_that_is_right_is_taken() {
        assert_eq!(parse("generic.toml", GENERIC).unwrap().name, "generic");
    }

    #[test]
    fn a_key_that_nobody_knows_is_refused_with_its_line() {
        for place in ["[pin]", "[key]", "[commands]"] {
            let error = refused(place, &format!("{place}\nsearhc = 1"));
            let line = GENERIC.lines().position(|line| line == place).unwrap() + 2;
            assert_eq!((error.file.as_str(), error.line), ("mine.toml", line), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_a_card_is_refused_with_the_key_at_fault() {
        for (from, to, what) in [
            ("reference = 0x10", "reference = 0x90", "0x01 to 0x1F"),
            ("length_min = 5", "length_min = 9", "4 digits"),
            ("length_min = 5", "length_min = 0", "4 digits"),
            ("length_max = 8", "length_max = 9", "4 digits"),
            ("padding_byte = 0xFF", "padding_byte = 0x30", "no digit"),
            (
                "wrong_words = [0x6300]",
                "wrong_words = [0x9000]",
                "begin with 63",
            ),
            (
                "success_words = [0x9000]",
                "success_words = [0x9000, 0x6300]",
                "begin with 90",
            ),
            ("success_words = [0x9000]", "success_words = []", "expected 9000"),
            ("read_block_bytes = 256", "read_block_bytes = 257", "1 to 256"),
            ("name = \"generic\"", "name = \"../x\"", "small letters"),
            (
                "path = \"1100/1101\"",
                "path = \"3F00/1100\"",
                "below the master file",
            ),
        ] {
            let error = refused(from, to);
            assert!(error.what.contains(what) && error.line > 1, "{to}: {error}");
        }
        assert!(parse("big.toml", &"#".repeat(PROFILE_MAX_BYTES + 1)).is_err());
    }
}
