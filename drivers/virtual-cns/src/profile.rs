//! A profile: card.toml and the files it names, checked and ready to be played.
//!
//! Not here: where the files are (`folder`, `builtin`, or the caller), and what the card does (`card`).

mod files;

use std::fmt;
use std::io;

use varco_apdu::{Atr, StatusWord};
use varco_emulator::{EmptyVerify, Emulated, LinkHabits, PinObject, PinSet, PlayedKey, ShortRead, WrongPin};

use files::{aid, applications, path, wrong_path};

use crate::card::{CnsOs, Habits, PinReferences, VirtualCns};
use crate::schema::{self, CardToml};
use crate::security::{CardKey, KeyRing, SecurityHabits};
use crate::{ProfileError, builtin, fci, folder};

/// The form of card.toml that this version reads.
const FORMAT: u32 = 1;
/// The largest file that a profile may name.
pub(crate) const FILE_MAX_BYTES: usize = 65_536;
const KEYS_MAX: usize = 16;
const APPLICATIONS_MAX: usize = 8;
/// What GET DATA gives in one short answer.
const DATA_MAX_BYTES: usize = 255;
/// DF0 to the deepest path of the specification is two steps; more than this is a mistake.
const PATH_STEPS_MAX: usize = 8;

/// Gives the bytes of a file of the profile by its name. Names are plain: no folder, no leading dot.
pub(crate) type Source<'a> = &'a mut dyn FnMut(&str) -> io::Result<Vec<u8>>;

/// A card that can be played: one make, one holder.
pub struct Profile {
    name: String,
    title_en: String,
    title_it: String,
    pin_value: String,
    puk_value: String,
    atr: Atr,
    link: LinkHabits,
    os: CnsOs,
}

impl Profile {
    /// The names of the profiles built into the program, the default first.
    pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
        builtin::names()
    }

    /// A profile built into the program.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] for a name that [`Profile::names`] does not give.
    pub fn builtin(name: &str) -> Result<Self, ProfileError> {
        builtin::profile(name)
    }

    /// Reads a profile's folder: `card.toml` and the files that it names, none from elsewhere.
    ///
    /// # Errors
    /// [`ProfileError`] names the file and the key.
    pub fn from_dir(folder: &std::path::Path) -> Result<Self, ProfileError> {
        folder::profile(folder)
    }

    /// Builds a profile from the text of card.toml; `file` gives the bytes of each file that it names.
    ///
    /// # Errors
    /// [`ProfileError`] names the file and the key. `file` is asked for plain names only.
    pub fn parse(card_toml: &str, file: Source<'_>) -> Result<Self, ProfileError> {
        let written: CardToml = toml::from_str(card_toml).map_err(|error| ProfileError::Form {
            line: error.span().map_or(1, |span| line_of(card_toml, span.start)),
            message: error.message().replace('\n', ", "),
        })?;
        // The only kind there is; a new one must be handled here.
        let schema::Kind::Cns = written.kind;
        if written.format != FORMAT {
            return Err(ProfileError::value("format", format!("expected {FORMAT}")));
        }
        if !is_plain_name(&written.name) {
            return Err(ProfileError::value("name", "expected letters, digits, - and _"));
        }
        let applications = applications(&written, file)?;
        let keys = keys(&written.key, file)?;
        let behaviour = &written.behaviour;
        let os = CnsOs::new(
            &written.name,
            applications,
            habits(&written)?,
            pins(&written)?,
            PinReferences {
                pin: written.pin.reference,
                puk: written.puk.reference,
                search_bit: behaviour.reference_search_bit,
            },
            KeyRing::new(
                keys,
                SecurityHabits {
                    environment: behaviour.security_environment,
                    iso_mse: behaviour.iso_mse,
                    decipher: behaviour.decipher,
                    signature: behaviour.signature_command.then_some(behaviour.signature_input),
                },
            ),
        );
        Ok(Self {
            atr: atr(&written.atr)?,
            link: LinkHabits {
                chaining: behaviour.chaining,
                extended_length: behaviour.extended_length,
                get_response: behaviour.get_response,
            },
            os,
            name: written.name,
            title_en: written.title_en,
            title_it: written.title_it,
            pin_value: written.pin.value,
            puk_value: written.puk.value,
        })
    }

    /// The profile's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One line for people, in English.
    #[must_use]
    pub fn title_en(&self) -> &str {
        &self.title_en
    }

    /// One line for people, in Italian.
    #[must_use]
    pub fn title_it(&self) -> &str {
        &self.title_it
    }

    /// The test PIN, to be told to whoever plays the card.
    #[must_use]
    pub fn pin_value(&self) -> &str {
        &self.pin_value
    }

    /// The test PUK.
    #[must_use]
    pub fn puk_value(&self) -> &str {
        &self.puk_value
    }

    /// The card, without power yet.
    #[must_use]
    pub fn into_card(self) -> VirtualCns {
        Emulated::new(self.atr, self.link, self.os)
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "profile {}", self.name)
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}

/// A name that stays in its folder on every system.
fn is_plain_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn load(name: &str, key: &str, file: Source<'_>) -> Result<Vec<u8>, ProfileError> {
    if !is_plain_name(name) {
        return Err(ProfileError::value(
            key,
            "expected the name of a file in the same folder, of letters, digits, . - and _",
        ));
    }
    let bytes = file(name).map_err(|reason| ProfileError::Unreadable {
        file: name.to_owned(),
        reason,
    })?;
    if bytes.len() > FILE_MAX_BYTES {
        return Err(ProfileError::value(
            key,
            format!(
                "{name} has {} bytes, expected at most {FILE_MAX_BYTES}",
                bytes.len()
            ),
        ));
    }
    Ok(bytes)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn atr(text: &str) -> Result<Atr, ProfileError> {
    let expected = "expected 2 to 33 bytes in hex";
    let bytes = hex(text).ok_or_else(|| ProfileError::value("atr", expected))?;
    let atr = Atr::new(&bytes).map_err(|_| ProfileError::value("atr", expected))?;
    if atr.historical_bytes().is_none() {
        return Err(ProfileError::value(
            "atr",
            "its structure announces more bytes than it has",
        ));
    }
    Ok(atr)
}

fn pins(written: &CardToml) -> Result<PinSet, ProfileError> {
    if written.pin.reference == written.puk.reference {
        return Err(ProfileError::value(
            "puk.reference",
            "expected another one than the PIN's",
        ));
    }
    let object = |key: &str, secret: &schema::Secret| {
        if !(0x01..=0x1F).contains(&secret.reference) {
            return Err(ProfileError::value(
                format!("{key}.reference"),
                "expected 0x01 to 0x1F",
            ));
        }
        PinObject::new(
            secret.reference,
            secret.value.as_bytes(),
            secret.length_min,
            secret.length_max,
            secret.tries_max,
        )
        .and_then(|object| object.with_tries_left(secret.tries_left))
        .map_err(|error| ProfileError::value(key, error.to_string()))
    };
    Ok(PinSet::new(
        vec![object("pin", &written.pin)?, object("puk", &written.puk)?],
        match written.behaviour.wrong_pin {
            schema::WrongPin::NoCounter => WrongPin::NoCounter,
            schema::WrongPin::Counter => WrongPin::Counter,
        },
        match written.behaviour.empty_verify {
            schema::EmptyVerify::Count => EmptyVerify::Count,
            schema::EmptyVerify::Refused => EmptyVerify::Refused,
            schema::EmptyVerify::Burns => EmptyVerify::Burns,
        },
    ))
}

fn habits(written: &CardToml) -> Result<Habits, ProfileError> {
    let behaviour = &written.behaviour;
    let security_application = match &written.security_application {
        None => None,
        Some(text) => {
            let wanted = aid(text, "security_application")?;
            let is_known = written
                .application
                .iter()
                .any(|application| hex(&application.aid).as_deref() == Some(wanted.as_bytes()));
            if !is_known {
                let expected = "expected the identifier of one of the applications";
                return Err(ProfileError::value("security_application", expected));
            }
            Some(wanted)
        }
    };
    Ok(Habits {
        select: behaviour.select,
        fci: match behaviour.fci {
            schema::Fci::Standard => fci::Form::Standard,
            schema::Fci::WithoutSize => fci::Form::WithoutSize,
            schema::Fci::Ias => fci::Form::Ias,
        },
        short_read: match behaviour.short_read {
            schema::ShortRead::Success => ShortRead::Success,
            schema::ShortRead::EndOfFile => ShortRead::EndOfFile,
            schema::ShortRead::CorrectLength => ShortRead::CorrectLength,
        },
        verified: match behaviour.verify_success {
            schema::VerifySuccess::Plain => StatusWord::SUCCESS,
            schema::VerifySuccess::WeakMemory => StatusWord::from(0x9001),
        },
        security_application,
    })
}

fn keys(written: &[schema::Key], file: Source<'_>) -> Result<Vec<CardKey>, ProfileError> {
    if written.len() > KEYS_MAX {
        return Err(ProfileError::value("key", format!("expected at most {KEYS_MAX}")));
    }
    let mut keys: Vec<CardKey> = Vec::with_capacity(written.len());
    for (index, key) in written.iter().enumerate() {
        if keys.iter().any(|known| known.reference == key.reference) {
            let at = format!("key[{index}].reference");
            return Err(ProfileError::value(at, "expected another one for each key"));
        }
        let at = format!("key[{index}].file");
        let der = zeroize::Zeroizing::new(load(&key.file, &at, file)?);
        let played = PlayedKey::from_pkcs8_der(&der)
            .map_err(|error| ProfileError::value(at, format!("{}: {error}", key.file)))?;
        let folder = key
            .folder
            .as_deref()
            .map(|folder| path(folder).ok_or_else(|| wrong_path(format!("key[{index}].folder"))))
            .transpose()?;
        keys.push(CardKey {
            reference: key.reference,
            key: played,
            folder,
        });
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
