//! Played cards at the four targets that need no hardware.
//!
//! Not here: the services around them, which whoever starts a worker starts too ([`crate::run::pool`]).

use core::time::Duration;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use varco::Varco;
use varco::nfc::{Connection, NfcReaders};
use varco::pcsc::PcscReaders;
use varco::played::ccid::Entry;
use varco::played::{PlayedReaders, Profile};
use varco::steps::ExtendedLength;
use varco_emulator::PlayedCard;
use varco_emulator::fault::FaultPlan;

use super::place::Place;
use super::stage::{Holding, until_seen};
use super::{Counts, Hindrance, Secrets, Stage, Target, Value};
use crate::rig::Keys;
use crate::scenario::{CardWanted, Do, Scenario, Typed};

/// The reader of this process.
const PLAYED: &str = "played:bench";
/// How pcscd calls the first slot of vpcd.
const VPCD: &str = "Virtual PCD 00 00";
/// How it calls the serial reader with a keypad.
const CCID: &str = "GemPCPinPad 00 00";
/// The name of the line or port in the stage's folder.
const LINE: &str = "line";

/// Starts the PC/SC service anew, from any thread.
pub type Restart = Arc<dyn Fn() -> Result<(), Hindrance> + Send + Sync>;

/// What surrounds a stage.
pub struct Surroundings<'s> {
    /// Folders of cards are beside this.
    pub folder: &'s Path,
    /// The port of vpcd's first slot.
    pub vpcd_port: u16,
    /// The line of the serial reader, which pcscd was told of.
    pub line: Option<&'s Path>,
    /// The program that drives NFC readers.
    pub nfcd: &'s Path,
    /// Starts the PC/SC service anew.
    pub restart: Restart,
}

/// A card that is not in its place now, and what its holder knows.
struct Held {
    secrets: Secrets,
    card: Option<Box<dyn PlayedCard>>,
}

/// A played reader and its cards.
pub struct PlayedStage {
    target: Target,
    varco: Varco,
    reader: String,
    cards: RefCell<BTreeMap<String, Held>>,
    /// The card that is in its place, or lies ready beside it.
    laid: RefCell<String>,
    place: Place,
    restart: Restart,
    _folder: TempDir,
}

impl PlayedStage {
    /// Builds it, no card in the reader yet.
    ///
    /// # Errors
    /// [`Hindrance`].
    pub fn open(target: &Target, scenario: &Scenario, around: &Surroundings<'_>) -> Result<Self, Hindrance> {
        let mut cards = BTreeMap::new();
        for (name, wanted) in &scenario.cards {
            cards.insert(name.clone(), held(target, name, wanted, around.folder)?);
        }
        let first = scenario.steps.iter().find_map(|step| match &step.what {
            Do::Insert { card } => Some(card.clone()),
            _ => None,
        });
        let first = first.or_else(|| cards.keys().next().cloned()).unwrap_or_default();
        let card = cards.get_mut(&first).and_then(|held| held.card.take());
        let card = card.ok_or_else(|| Hindrance::rig("bench-rig-profile", "no card is named"))?;
        let folder = private_folder();
        let folder = folder.map_err(|error| Hindrance::rig("bench-rig-place", error))?;
        let (varco, reader, place) = match target {
            Target::InProcess => in_process(card),
            Target::Vpcd => (pcsc(), VPCD.to_owned(), Place::slot(around.vpcd_port, card)?),
            Target::Ccid => {
                let line = around
                    .line
                    .map_or_else(|| folder.path().join(LINE), Path::to_owned);
                let place = Place::pad(&line, card)?;
                // libccid opens the line when it starts, and never again.
                (around.restart)()?;
                (pcsc(), CCID.to_owned(), place)
            }
            Target::Nfc => nfc(&folder.path().join(LINE), around.nfcd, card)?,
            Target::Reader => return Err(Hindrance::rig("bench-rig-place", "this is no played reader")),
        };
        let stage = Self {
            target: *target,
            varco,
            reader,
            cards: RefCell::new(cards),
            laid: RefCell::new(first),
            place,
            restart: Arc::clone(&around.restart),
            _folder: folder,
        };
        if matches!(target, Target::Vpcd | Target::Ccid) {
            until_seen(&stage.varco, &stage.reader, false)?;
        }
        Ok(stage)
    }
}

/// A folder that nobody else looks into, which goes with what it is for.
pub(crate) fn private_folder() -> io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix("varco-bench-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
}

fn pcsc() -> Varco {
    Varco::with_readers(vec![Box::new(PcscReaders::default())])
}

fn in_process(card: Box<dyn PlayedCard>) -> (Varco, String, Place) {
    let mut readers = PlayedReaders::new();
    let hand = readers.add(PLAYED, ExtendedLength::Supported);
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    (varco, PLAYED.to_owned(), Place::in_process(hand, card))
}

fn nfc(port: &Path, nfcd: &Path, card: Box<dyn PlayedCard>) -> Result<(Varco, String, Place), Hindrance> {
    if !nfcd.is_file() {
        return Err(Hindrance::rig("bench-rig-nfcd", nfcd.display()));
    }
    let place = Place::field(port, card)?;
    let connection = Connection::parse(&format!("pn532_uart:{}", port.display()));
    let connection = connection.map_err(|error| Hindrance::rig("bench-rig-place", error))?;
    let reader = format!("nfc:{connection}");
    let readers = NfcReaders::new(nfcd.to_owned(), vec![connection]);
    Ok((Varco::with_readers(vec![Box::new(readers)]), reader, place))
}

/// The profile that is played for a kind of card.
fn usual(kind: &str) -> &str {
    match kind {
        "cns" => "cns-st",
        "cie" => "cie-nxp",
        // It is told as a profile that nobody knows.
        other => other,
    }
}

/// The first of its profiles that the target can hold.
fn held(target: &Target, name: &str, wanted: &CardWanted, folder: &Path) -> Result<Held, Hindrance> {
    let names: Vec<&str> = match wanted.profile.as_slice() {
        [] => wanted.kind.iter().map(|kind| usual(kind)).collect(),
        profiles => profiles.iter().map(String::as_str).collect(),
    };
    for profile in &names {
        let unreadable = |error| Hindrance::rig("bench-rig-profile", format!("{profile}: {error}"));
        let profile = match profile.strip_prefix("./") {
            Some(path) => Profile::from_dir(&folder.join(PathBuf::from(path))),
            None => Profile::builtin(profile),
        };
        let profile = profile.map_err(unreadable)?;
        let secrets = Secrets::of_profile(&profile);
        let card = profile.into_card();
        if fits(target, card.as_ref()) {
            return Ok(Held {
                secrets,
                card: Some(card),
            });
        }
    }
    let detail = format!("card {name:?} as {}", names.join(", "));
    Err(Hindrance::not_applicable("bench-na-interface", detail))
}

/// Whether a card has the contacts, or the antenna, that a reader needs.
fn fits(target: &Target, card: &dyn PlayedCard) -> bool {
    // What contactless readers make up for a card that has no answer to reset of its own (PC/SC part 3, §3.1.3.2.3).
    let is_contactless = matches!(card.atr().as_bytes(), [0x3B, count, 0x80, 0x01, ..] if count >> 4 == 8);
    match target {
        Target::Ccid => !is_contactless,
        Target::Nfc => is_contactless,
        _ => true,
    }
}

impl Stage for PlayedStage {
    fn varco(&self) -> &Varco {
        &self.varco
    }

    fn reader(&self) -> &str {
        &self.reader
    }

    fn insert(&self, name: &str) -> Result<(), Hindrance> {
        let mut laid = self.laid.borrow_mut();
        self.remove()?;
        if *laid != name {
            let mut cards = self.cards.borrow_mut();
            let card = cards.get_mut(name).and_then(|held| held.card.take());
            let card = card.ok_or_else(|| Hindrance::rig("bench-rig-profile", name))?;
            let old = self.place.lay(card);
            if let Some(held) = cards.get_mut(&*laid) {
                held.card = old;
            }
            name.clone_into(&mut laid);
        }
        self.place.insert()?;
        until_seen(&self.varco, &self.reader, true)
    }

    fn remove(&self) -> Result<(), Hindrance> {
        self.place.remove();
        match self.target {
            // Whoever holds the reader is the only one who could look.
            Target::Nfc => Ok(()),
            _ => until_seen(&self.varco, &self.reader, false),
        }
    }

    fn fault(&self, plan: FaultPlan) -> Result<(), Hindrance> {
        self.place
            .add_fault(plan, &self.restart)
            .map_err(|error| Hindrance::not_applicable("bench-na-fault", error))
    }

    fn has_broken(&self, plan: FaultPlan) -> bool {
        self.place.has_happened(plan)
    }

    fn is_sound(&self) -> Result<(), Hindrance> {
        self.place.take_hindrance().map_or(Ok(()), Err)
    }

    fn wait(&self, time: Duration) {
        // Nothing goes on here by itself that could be waited for.
        if self.target != Target::InProcess {
            std::thread::sleep(time);
        }
    }

    fn value(&self, typed: &Typed) -> Result<Value, Hindrance> {
        let cards = self.cards.borrow();
        let held = cards.get(&*self.laid.borrow());
        let held = held.ok_or_else(|| Hindrance::rig("bench-rig-profile", "no card is in"))?;
        held.secrets.value(typed)
    }

    fn has_keypad(&self) -> bool {
        self.place.keys().is_some()
    }

    fn press(&self, values: Vec<(Keys, Value)>) -> Result<(), Hindrance> {
        let keys = self.place.keys();
        let cannot = |detail| Hindrance::not_applicable("bench-na-keys", detail);
        let keys = keys.ok_or_else(|| cannot("this reader has no keys"))?;
        for (_, value) in values {
            let entry = match &value {
                Value::Cancel => Some(Entry::Cancelled),
                Value::Digits(digits) => str::from_utf8(digits).ok().and_then(Entry::typed),
                Value::HolderKnows => None,
            };
            keys.press(entry.ok_or_else(|| cannot("the reader has no keys for this value"))?);
        }
        Ok(())
    }

    fn pressed(&self) -> Result<(), Hindrance> {
        if let Some(keys) = self.place.keys() {
            keys.forget_entries();
        }
        Ok(())
    }

    fn counts(&self) -> Result<Counts, Hindrance> {
        let state = self.place.look(|card| card.snapshot());
        let state = state.ok_or_else(|| Hindrance::rig("bench-rig-profile", "no card is there"))?;
        let mut pins = state.pins().iter().map(|pin| pin.tries_left);
        Ok(Counts {
            pin: pins.next(),
            puk: pins.next(),
        })
    }

    fn reaches_programs(&self) -> bool {
        matches!(self.target, Target::Vpcd | Target::Ccid)
    }

    fn reset(&self, held: Holding) -> Result<(), Hindrance> {
        if self.target == Target::Nfc && held == Holding::Held {
            let detail = "libnfc gives a reader to one program at a time";
            return Err(Hindrance::not_applicable("bench-na-reset", detail));
        }
        super::stage::reset(&self.varco, &self.reader)
    }
}
