//! A profile: card.toml and the files it names, checked and ready to be played.
//!
//! Not here: where the files are (`builtin`, or the caller), and what the card does (`card`).

mod files;

use std::fmt;

use varco_apdu::{Atr, StatusWord};
use varco_emulator::{
    Answers, EmbeddedProfile, EmptyVerify, Emulated, LinkHabits, PinSet, PlayedKey, ProfileError,
    ProfileSecret, ProfileSource, ShortRead, WrongPin, is_plain_name, load_profile_file as load, profile_atr,
    profile_hex as hex,
};

use files::{aid, applications, path, wrong_path};

use crate::card::{CnsOs, Habits, PinReferences, VirtualCns};
use crate::schema::{self, CardToml};
use crate::security::{CardKey, KeyRing, SecurityHabits};
use crate::{builtin, fci};

/// The form of card.toml that this version reads.
const FORMAT: u32 = 1;
const KEYS_MAX: usize = 16;
const APPLICATIONS_MAX: usize = 8;
/// What GET DATA gives in one short answer.
const DATA_MAX_BYTES: usize = 255;
/// DF0 to the deepest path of the specification is two steps; more than this is a mistake.
const PATH_STEPS_MAX: usize = 8;

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

    /// The text and the files of a profile built into the program; none of another name.
    #[must_use]
    pub fn embedded(name: &str) -> Option<&'static EmbeddedProfile> {
        builtin::embedded(name)
    }

    /// Builds a profile from the text of card.toml; `file` gives the bytes of each file that it names.
    ///
    /// # Errors
    /// [`ProfileError`] names the file and the key. `file` is asked for plain names only.
    pub fn parse(card_toml: &str, file: ProfileSource<'_>) -> Result<Self, ProfileError> {
        let written: CardToml = toml::from_str(card_toml).map_err(|error| {
            ProfileError::form(card_toml, error.span().map(|span| span.start), error.message())
        })?;
        // Other kinds are played by other crates.
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
                signature: written
                    .signature_pin
                    .as_ref()
                    .zip(written.signature_puk.as_ref())
                    .map(|(pin, puk)| (pin.reference, puk.reference)),
                search_bit: behaviour.reference_search_bit,
                unblock: behaviour.unblock,
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
            atr: profile_atr(&written.atr)?,
            link: LinkHabits {
                chaining: behaviour.chaining,
                extended_length: behaviour.extended_length,
                answers: if behaviour.get_response {
                    Answers::AsT0
                } else {
                    Answers::Whole
                },
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

fn pins(written: &CardToml) -> Result<PinSet, ProfileError> {
    if written.signature_pin.is_some() != written.signature_puk.is_some() {
        return Err(ProfileError::value(
            "signature_puk",
            "expected signature_pin and signature_puk, or neither",
        ));
    }
    let secrets = [
        ("pin", Some(&written.pin)),
        ("puk", Some(&written.puk)),
        ("signature_pin", written.signature_pin.as_ref()),
        ("signature_puk", written.signature_puk.as_ref()),
    ];
    let mut known: Vec<u8> = Vec::new();
    for (key, secret) in secrets.iter().filter_map(|(key, secret)| Some((key, (*secret)?))) {
        if known.contains(&secret.reference) {
            let expected = "expected another one than the PIN's";
            return Err(ProfileError::value(format!("{key}.reference"), expected));
        }
        known.push(secret.reference);
    }
    let object = |key: &str, secret: &ProfileSecret| {
        if !(0x01..=0x1F).contains(&secret.reference) {
            return Err(ProfileError::value(
                format!("{key}.reference"),
                "expected 0x01 to 0x1F",
            ));
        }
        secret
            .object()
            .map_err(|error| ProfileError::value(key, error.to_string()))
    };
    Ok(PinSet::new(
        secrets
            .iter()
            .filter_map(|(key, secret)| Some(object(key, (*secret)?)))
            .collect::<Result<Vec<_>, ProfileError>>()?,
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
        challenge_max: behaviour.challenge_max,
        verified: match behaviour.verify_success {
            schema::VerifySuccess::Plain => StatusWord::SUCCESS,
            schema::VerifySuccess::WeakMemory => StatusWord::from(0x9001),
        },
        security_application,
    })
}

fn keys(written: &[schema::Key], file: ProfileSource<'_>) -> Result<Vec<CardKey>, ProfileError> {
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
