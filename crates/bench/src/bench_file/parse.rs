//! From text to a bench file: its size, its form, what goes together.
//!
//! Not here: whether reader, rig and cards are there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use varco::CredentialKind;

use super::{BenchCard, BenchFile, FORMAT, RigKind, RigWanted};

/// The most bytes of a file.
pub const BENCH_FILE_BYTES_MAX: usize = 65_536;
const CARDS_MAX: usize = 64;
const ARGUMENTS_MAX: usize = 64;
const TEXT_BYTES_MAX: usize = 256;
const SERIAL_BYTES_MAX: usize = 32;
/// No card is known that gives more tries than this.
const TRIES_MAX: u8 = 15;
const TIMEOUT_S_DEFAULT: u32 = 60;
const TIMEOUT_S_MAX: u32 = 3600;

/// Why a file is no bench file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct BenchFileError {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 where it is none of the file's.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl BenchFileError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "bench-file-malformed"
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: Spanned<u32>,
    reader: Spanned<String>,
    #[serde(default)]
    keypad: bool,
    rig: Spanned<WrittenRig>,
    #[serde(default)]
    cards: BTreeMap<String, Spanned<WrittenCard>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRig {
    kind: WrittenKind,
    command: Option<Spanned<Vec<String>>>,
    timeout_s: Option<Spanned<u32>>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum WrittenKind {
    Prompt,
    Hook,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCard {
    serial: Option<Spanned<String>>,
    kind: Option<WrittenCardKind>,
    profile: Option<Spanned<String>>,
    #[serde(default)]
    spend_tries: u8,
    #[serde(default)]
    spend_puk_tries: u8,
    #[serde(default)]
    destructive: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum WrittenCardKind {
    Cns,
    Cie,
}

/// What is wrong, and at which byte.
struct Wrong(usize, String);

pub(super) fn read(path: &Path) -> Result<(String, BenchFile), BenchFileError> {
    let name = path.display().to_string();
    let wrong = |what: String| BenchFileError {
        file: name.clone(),
        line: 0,
        what,
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(BENCH_FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(format!("it could not be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is no text in UTF-8".to_owned()))?;
    let file = parse(&name, &text)?;
    Ok((text, file))
}

pub(super) fn parse(file: &str, text: &str) -> Result<BenchFile, BenchFileError> {
    checked(text).map_err(|Wrong(at, what)| BenchFileError {
        file: file.to_owned(),
        line: 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count(),
        what,
    })
}

fn checked(text: &str) -> Result<BenchFile, Wrong> {
    if text.len() > BENCH_FILE_BYTES_MAX {
        return Err(Wrong(
            0,
            format!("it has more than {BENCH_FILE_BYTES_MAX} bytes; leave cards out"),
        ));
    }
    let written: Written = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Wrong(at, error.message().to_owned())
    })?;
    if *written.format.get_ref() != FORMAT {
        return Err(Wrong(
            written.format.span().start,
            format!("write format = {FORMAT}"),
        ));
    }
    let reader = text_of(&written.reader, "the name of a reader or a part of it")?;
    let rig = rig(written.rig.into_inner())?;
    if written.cards.len() > CARDS_MAX {
        return Err(Wrong(
            0,
            format!("there are more than {CARDS_MAX} cards; leave some out"),
        ));
    }
    let mut cards: BTreeMap<String, BenchCard> = BTreeMap::new();
    for (name, card) in written.cards {
        let at = card.span().start;
        if !varco_emulator::is_plain_name(&name) {
            let what = "name a card by up to 64 letters, digits, . - and _";
            return Err(Wrong(at, what.to_owned()));
        }
        let card = self::card(card.into_inner(), at)?;
        if card.serial.is_some() && cards.values().any(|other| other.serial == card.serial) {
            return Err(Wrong(
                at,
                "another card has the same serial; leave one out".to_owned(),
            ));
        }
        cards.insert(name, card);
    }
    Ok(BenchFile {
        reader,
        keypad: written.keypad,
        rig,
        cards,
    })
}

fn rig(written: WrittenRig) -> Result<RigWanted, Wrong> {
    let kind = match (written.kind, written.command) {
        (WrittenKind::Prompt, None) => RigKind::Prompt,
        (WrittenKind::Prompt, Some(command)) => {
            let what = "a rig that asks a person has no command; write kind = \"hook\", or leave it out";
            return Err(Wrong(command.span().start, what.to_owned()));
        }
        (WrittenKind::Hook, None) => {
            let what = "a rig of kind \"hook\" needs command = [\"PROGRAM\", \"ARGUMENT\"]";
            return Err(Wrong(0, what.to_owned()));
        }
        (WrittenKind::Hook, Some(command)) => {
            let words = command.get_ref();
            let is_good = (1..=ARGUMENTS_MAX).contains(&words.len())
                && words.first().is_some_and(|program| !program.is_empty())
                && words
                    .iter()
                    .all(|word| word.len() <= TEXT_BYTES_MAX && !word.contains('\0'));
            if !is_good {
                let what = format!(
                    "write the program and up to {ARGUMENTS_MAX} arguments of up to {TEXT_BYTES_MAX} bytes"
                );
                return Err(Wrong(command.span().start, what));
            }
            RigKind::Hook(command.into_inner())
        }
    };
    let seconds = match written.timeout_s {
        None => TIMEOUT_S_DEFAULT,
        Some(seconds) if (1..=TIMEOUT_S_MAX).contains(seconds.get_ref()) => seconds.into_inner(),
        Some(seconds) => {
            return Err(Wrong(
                seconds.span().start,
                format!("write 1 to {TIMEOUT_S_MAX} seconds"),
            ));
        }
    };
    Ok(RigWanted {
        kind,
        timeout: Duration::from_secs(seconds.into()),
    })
}

fn card(written: WrittenCard, at: usize) -> Result<BenchCard, Wrong> {
    let serial = written.serial.map(|serial| {
        let (at, serial) = (serial.span().start, serial.into_inner());
        let is_good = (1..=SERIAL_BYTES_MAX).contains(&serial.len())
            && serial.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_good {
            Ok(serial)
        } else {
            let what = "write the number that `varco card` tells: letters and digits";
            Err(Wrong(at, what.to_owned()))
        }
    });
    let serial = serial.transpose()?;
    if serial.is_none() {
        let named = [
            (written.destructive, "destructive = true"),
            (written.spend_tries > 0, "spend_tries"),
            (written.spend_puk_tries > 0, "spend_puk_tries"),
        ];
        if let Some((_, key)) = named.into_iter().find(|(is_there, _)| *is_there) {
            let what = format!("{key} is for a card that is named by its serial: give the serial too");
            return Err(Wrong(at, what));
        }
    }
    if written.spend_tries > TRIES_MAX || written.spend_puk_tries > TRIES_MAX {
        return Err(Wrong(at, format!("at most {TRIES_MAX} tries may be spent")));
    }
    let profile = written
        .profile
        .as_ref()
        .map(|profile| text_of(profile, "the name of a maker's profile"));
    Ok(BenchCard {
        serial,
        kind: written.kind.map(|kind| match kind {
            WrittenCardKind::Cns => CredentialKind::Cns,
            WrittenCardKind::Cie => CredentialKind::Cie,
        }),
        profile: profile.transpose()?,
        spend_tries: written.spend_tries,
        spend_puk_tries: written.spend_puk_tries,
        destructive: written.destructive,
    })
}

fn text_of(written: &Spanned<String>, what: &str) -> Result<String, Wrong> {
    let text = written.get_ref();
    if text.is_empty() || text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
        let what = format!("write {what}, up to {TEXT_BYTES_MAX} bytes without control characters");
        return Err(Wrong(written.span().start, what));
    }
    Ok(text.clone())
}
