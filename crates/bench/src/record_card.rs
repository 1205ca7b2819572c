//! A played card made of a real one, without spending a try: what it has and how it answers is the card's, what it holds is
//! invented.
//!
//! Nothing that the card holds is kept, only how long and of which shape it is. So nothing of a person can be in a recording,
//! whatever the card holds where.
//!
//! Not here: comparing the two ([`crate::compare`]).

mod about;
mod cie;
mod cns;
mod donor;
mod habits;
mod list;
mod places;
mod reading;
mod shape;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use toml::{Table, Value};
use varco::steps::{CardDriver, Disposition};
use varco::{CredentialKind, LoginError, Varco};
use varco_card::{CardLink, Transaction};

use crate::looking::{LookError, recognise};
pub use about::{About, RECORDING_FORMAT, RecordingMalformed, replaced};
use donor::Donor;
pub(crate) use list::ReadOnly;
pub use varco_emulator::is_plain_name;
pub use write::check_place;

/// Why no recording came about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// There is no card, or none that could be looked at.
    #[error(transparent)]
    Look(#[from] LookError),
    /// What came about is no card that can be played.
    #[error("what was recorded cannot be played: {0}")]
    Unplayable(String),
    /// The folder is there already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// It could not be written.
    #[error("{}: {source}", .folder.display())]
    Write {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl RecordError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Look(error) => error.code(),
            Self::Unplayable(_) => "recording-unplayable",
            Self::Exists(_) => "recording-exists",
            Self::Write { .. } => "file-unwritable",
        }
    }
}

/// A recorded card: a profile's folder, not written yet.
#[derive(Debug)]
pub struct Recording {
    table: Table,
    files: BTreeMap<String, Vec<u8>>,
    /// What stands in `recording.json`.
    pub about: About,
}

/// A profile in the making.
#[derive(Default)]
struct Draft {
    table: Table,
    files: BTreeMap<String, Vec<u8>>,
    observed: BTreeMap<String, String>,
    replaced: BTreeMap<String, &'static str>,
    assumed: Vec<String>,
}

impl Draft {
    fn observe(&mut self, key: &str, value: &Value) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.observed.insert(key.to_owned(), value);
    }

    fn replace(&mut self, part: &str, by: &'static str) {
        self.replaced.insert(part.to_owned(), by);
    }

    fn assume(&mut self, key: &str) {
        if !self.assumed.iter().any(|known| known == key) {
            self.assumed.push(key.to_owned());
        }
    }
}

/// Records the card in a reader under this name. It is sent nothing but what `commands.toml` lists, and left as it was.
///
/// # Errors
/// [`RecordError`].
pub fn record(
    varco: &Varco,
    reader: Option<&str>,
    wait: Duration,
    name: &str,
) -> Result<Recording, RecordError> {
    let mut link = varco.connect(reader, wait).map_err(LookError::from)?;
    let recorded = of_link(&mut *link, varco.card_drivers(), wait, name);
    // A card that is gone needs no leave.
    let _ = link.close(Disposition::Reset);
    recorded
}

fn of_link(
    link: &mut dyn CardLink,
    drivers: &[Box<dyn CardDriver>],
    wait: Duration,
    name: &str,
) -> Result<Recording, RecordError> {
    let atr = link.atr().clone();
    let transaction = Transaction::begin(link, wait).map_err(LookError::from)?;
    let mut card = ReadOnly::new(transaction)?;
    let places = places::all()?;
    let known = recognise(&atr, &mut card, drivers)?.description();
    let kind = known.kind.name();
    let atr = hex(atr.as_bytes());
    let donors = Donor::all(kind);
    let (like, why) = donor::like(&donors, &atr, &known.profile, drivers)
        .ok_or(LookError::Card(LoginError::NotRecognised))?;
    let mut draft = Draft::default();
    match known.kind {
        CredentialKind::Cns => {
            let seen = cns::see(&mut card, &places.cns).map_err(LookError::from)?;
            cns::play(&seen, &donors, like, &mut draft);
        }
        CredentialKind::Cie => {
            let seen = cie::see(&mut card, &places.cie).map_err(LookError::from)?;
            cie::play(&seen, like, &mut draft);
        }
        _ => return Err(LookError::Card(LoginError::NotRecognised).into()),
    }
    for (key, value) in [
        ("name", name.to_owned()),
        ("title_en", format!("recorded card, {}", known.title_en)),
        ("title_it", format!("carta registrata, {}", known.title_it)),
        ("atr", atr),
    ] {
        draft.table.insert(key.to_owned(), value.into());
    }
    fill_tries(&mut draft);
    Ok(Recording {
        table: draft.table,
        files: draft.files,
        about: About {
            format: RECORDING_FORMAT,
            kind,
            maker: known.profile,
            like: BTreeMap::from([("card", like.name.to_owned()), ("because", why.to_owned())]),
            observed: draft.observed,
            replaced: draft.replaced,
            assumed: draft.assumed,
            timing: card.timing().clone(),
        },
    })
}

/// The counters were not asked for: all tries are left.
fn fill_tries(draft: &mut Draft) {
    for key in ["pin", "puk", "signature_pin", "signature_puk"] {
        if let Some(Value::Table(secret)) = draft.table.get_mut(key)
            && let Some(most) = secret.get("tries_max").cloned()
        {
            secret.insert("tries_left".to_owned(), most);
            draft.assume(key);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Of hex digits of ours; anything between them is skipped.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let (pairs, _) = digits.as_chunks::<2>();
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}
