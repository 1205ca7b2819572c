//! A profile: card.toml of a CIE and the files it names, checked and ready to be played.
//!
//! Not here: where the files are (`builtin`, or the caller), and what the card does (`card`).

use core::fmt;

use varco_apdu::{Aid, Atr, FileId};
use varco_emulator::{
    Access, Answers, EmbeddedProfile, EmptyVerify, Emulated, FileTree, LinkHabits, PROFILE_FILE_MAX_BYTES,
    PinSet, PlayedKey, ProfileError, ProfileSecret, ProfileSource, WrongPin, is_plain_name,
    load_profile_file, profile_atr, profile_hex,
};
use zeroize::Zeroizing;

use crate::builtin;
use crate::card::{CieOs, PIN, PUK, Parts, VirtualCie};
use crate::certificate::{PublicKey, Root};
use crate::key_agreement::Domain;
use crate::schema::{AnswersToml, ApplicationToml, CardToml, File, Kind, ReadToml};
use crate::security::Keys;

/// The form of card.toml that this version reads.
const FORMAT: u32 = 1;
/// The root application, which is the master file, and the application of the identity card [cie §2.1].
const IAS: [u8; 13] = [0xA0, 0, 0, 0, 0x30, 0x80, 0, 0, 0, 0x09, 0x81, 0x60, 0x01];
const CIE: [u8; 6] = [0xA0, 0, 0, 0, 0, 0x39];
/// The directory of the latter. The specification leaves its identifier blank.
const CIE_FOLDER: FileId = FileId(0xDF00);
const CHIP_NUMBER: FileId = FileId(0xD003);
const FILES_MAX: usize = 32;

/// A CIE that can be played.
pub struct Profile {
    name: String,
    title_en: String,
    title_it: String,
    pin_value: String,
    puk_value: String,
    atr: Atr,
    link: LinkHabits,
    parts: Parts,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "profile {}", self.name)
    }
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
        let Kind::Cie = written.kind;
        if written.format != FORMAT {
            return Err(ProfileError::value("format", format!("expected {FORMAT}")));
        }
        if !is_plain_name(&written.name) {
            return Err(ProfileError::value("name", "expected letters, digits, - and _"));
        }
        let (tree, short_ids, chip) = files(&written.file, file)?;
        let mut seed = [0; 32];
        for (slot, byte) in seed.iter_mut().zip(written.name.bytes()) {
            *slot = byte;
        }
        Ok(Self {
            atr: profile_atr(&written.atr)?,
            link: LinkHabits {
                chaining: written.behaviour.chaining,
                extended_length: written.behaviour.extended_length,
                answers: match written.behaviour.answers {
                    AnswersToml::Whole => Answers::Whole,
                    AnswersToml::InParts => Answers::InParts,
                },
            },
            parts: Parts {
                tree,
                short_ids,
                habits: written.behaviour,
                pins: PinSet::new(
                    vec![
                        secret("pin", PIN, &written.pin)?,
                        secret("puk", PUK, &written.puk)?,
                    ],
                    WrongPin::Counter,
                    EmptyVerify::Refused,
                ),
                keys: keys(&written, chip, file)?,
                seed,
            },
            name: written.name,
            title_en: written.title_en,
            title_it: written.title_it,
            pin_value: written.pin.value,
            puk_value: written.puk.value,
        })
    }

    /// With another seed for the card's random numbers than its name.
    #[must_use]
    pub fn with_seed(mut self, seed: [u8; 32]) -> Self {
        self.parts.seed = seed;
        self
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
    pub fn into_card(self) -> VirtualCie {
        Emulated::new(self.atr, self.link, CieOs::new(&self.name, self.parts))
    }
}

fn secret(
    key: &str,
    reference: u8,
    written: &ProfileSecret,
) -> Result<varco_emulator::PinObject, ProfileError> {
    if written.reference != reference {
        let expected = format!("expected {reference:#04X}");
        return Err(ProfileError::value(format!("{key}.reference"), expected));
    }
    if (written.length_min, written.length_max) != (8, 8) {
        return Err(ProfileError::value(key, "expected a length of exactly 8"));
    }
    written
        .object()
        .map_err(|error| ProfileError::value(key, error.to_string()))
}

/// The tree, the short identifiers, and the chip's number out of its file.
type Files = (FileTree, Vec<(ApplicationToml, u8, FileId)>, [u8; 8]);

fn files(written: &[File], source: ProfileSource<'_>) -> Result<Files, ProfileError> {
    if written.len() > FILES_MAX {
        return Err(ProfileError::value(
            "file",
            format!("expected at most {FILES_MAX}"),
        ));
    }
    let aid = |bytes: &[u8]| Aid::new(bytes).map_err(|_| ProfileError::value("file", "expected an AID"));
    let mut tree = FileTree::new();
    tree.name_master(aid(&IAS)?);
    tree.add_directory(&[CIE_FOLDER], Some(aid(&CIE)?))
        .map_err(|error| ProfileError::value("file", error.to_string()))?;
    let (mut short_ids, mut chip) = (Vec::new(), None);
    for (index, file) in written.iter().enumerate() {
        let key = |name: &str| format!("file[{index}].{name}");
        let id = profile_hex(&file.id)
            .and_then(|bytes| <[u8; 2]>::try_from(bytes).ok())
            .map(|bytes| FileId(u16::from_be_bytes(bytes)))
            .ok_or_else(|| ProfileError::value(key("id"), "expected 4 hex digits"))?;
        let mut content = load_profile_file(&file.content, &key("content"), source)?;
        let size = file.size.unwrap_or(content.len());
        if size > PROFILE_FILE_MAX_BYTES || size < content.len() {
            let expected = format!("expected {} to {PROFILE_FILE_MAX_BYTES}", content.len());
            return Err(ProfileError::value(key("size"), expected));
        }
        if id == CHIP_NUMBER {
            chip = content.get(4..12).and_then(|number| number.try_into().ok());
        }
        content.resize(size, 0);
        let read = match file.read {
            ReadToml::Always => Access::Always,
            ReadToml::Pin => Access::Pin(PIN),
        };
        let path: &[FileId] = match file.application {
            ApplicationToml::Ias => &[id],
            ApplicationToml::Cie => &[CIE_FOLDER, id],
        };
        tree.add_file(path, content, read)
            .map_err(|error| ProfileError::value(key("id"), error.to_string()))?;
        if let Some(short_id) = file.short_id {
            if !(1..=30).contains(&short_id) {
                return Err(ProfileError::value(key("short_id"), "expected 1 to 30"));
            }
            short_ids.push((file.application, short_id, id));
        }
    }
    let chip = chip.ok_or_else(|| ProfileError::value("file", "expected D003 with 12 bytes in it"))?;
    Ok((tree, short_ids, chip))
}

fn keys(written: &CardToml, chip: [u8; 8], source: ProfileSource<'_>) -> Result<Keys, ProfileError> {
    let mut bytes = |name: &str, key: &str| load_profile_file(name, key, source);
    let mut key = |name: &str, at: &str| {
        let der = Zeroizing::new(bytes(name, at)?);
        PlayedKey::from_pkcs8_der(&der).map_err(|error| ProfileError::value(at, format!("{name}: {error}")))
    };
    let (holder, device, service) = (
        key(&written.keys.holder, "keys.holder")?,
        key(&written.keys.device, "keys.device")?,
        key(&written.keys.service, "keys.service")?,
    );
    let modulus = bytes(&written.root.modulus, "root.modulus")?;
    let exponent = bytes(&written.root.exponent, "root.exponent")?;
    let root_key = PublicKey::new(&modulus, &exponent)
        .ok_or_else(|| ProfileError::value("root.modulus", "expected an odd number of up to 512 bytes"))?;
    let hex = |text: &str, at: &str| {
        profile_hex(text).ok_or_else(|| ProfileError::value(at, "expected bytes in hex"))
    };
    let domain = Domain::new(
        bytes(&written.group.p, "group.p")?,
        bytes(&written.group.q, "group.q")?,
        bytes(&written.group.g, "group.g")?,
    );
    Ok(Keys {
        holder,
        device,
        service,
        root: Root {
            key: root_key,
            modulus,
            exponent,
            reference: hex(&written.root.reference, "root.reference")?
                .try_into()
                .map_err(|_| ProfileError::value("root.reference", "expected 12 bytes"))?,
            authorisation: hex(&written.root.authorisation, "root.authorisation")?
                .try_into()
                .map_err(|_| ProfileError::value("root.authorisation", "expected 7 bytes"))?,
        },
        domain: domain
            .ok_or_else(|| ProfileError::value("group", "expected an odd modulus and a shorter order"))?,
        chip,
    })
}
