//! A bench that stands while a command runs: a private pcscd, virtual readers, and a played card in each.
//!
//! Not here: the command line, the texts, and the service itself (`varco_stand`). The cards are played by processes of the
//! program `varco`, in the name spaces of the service where they must be.
//!
//! Start with [`Bench::stand_up`] and [`Bench::variables`]; [`attend`] waits for the command, [`kin`] ends what it left
//! behind.

pub mod attend;
pub mod control;
mod describe;
pub mod kin;
mod missing;
mod player;
mod seen;

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use varco_stand::pcscd::{PrivatePcscd, SLOTS, VPCD_PORT, vpcd_entries, vpcd_name};

pub use missing::missing;
use player::Player;
pub use varco_stand::packages::apt_get;

/// How many cards one bench holds; pcscd takes sixteen readers, and each two cards behind vpcd are one with two slots.
pub const CARDS_MAX: usize = 8;

/// How the reader with a keypad is called, up to its slot.
const PAD_NAME: &str = "GemPCPinPad";

/// A kind of virtual reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReaderKind {
    /// A slot of a vpcd reader, behind pcscd.
    Vpcd,
    /// A serial reader with a keypad, behind pcscd and libccid.
    PinPad,
    /// A PN532 on a serial line, for libnfc. pcscd does not know it.
    Nfc,
}

impl ReaderKind {
    /// Its name on the command line and in descriptions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vpcd => "vpcd",
            Self::PinPad => "pin-pad",
            Self::Nfc => "nfc",
        }
    }
}

/// A card that is to be played.
#[derive(Clone, Debug)]
pub struct CardPlan {
    /// A built-in profile's name, a profile's folder, or the `card.toml` in it.
    pub profile: String,
    /// Where it lies.
    pub reader: ReaderKind,
    /// What breaks, in the words of the control socket after `fault`.
    pub fault: Option<String>,
    /// The PIN of the played card: test material.
    pub pin: String,
    /// Its PUK, likewise.
    pub puk: String,
}

/// What is to stand.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program `varco`, which plays the cards.
    pub program: PathBuf,
    /// The language it speaks, as its `--lang` takes it.
    pub language: String,
    /// The cards, in the order in which they are numbered.
    pub cards: Vec<CardPlan>,
}

/// Why it does not stand.
#[derive(Debug, thiserror::Error)]
pub enum UpError {
    /// Programs are missing; these Debian packages have them.
    #[error("not installed: {}", packages.join(" "))]
    NotInstalled {
        /// Names of packages.
        packages: Vec<&'static str>,
    },
    /// Neither root's name spaces nor a user's are permitted here.
    #[error("name spaces: {0}")]
    NoNameSpaces(io::Error),
    /// pcscd does not come up.
    #[error("pcscd: {0}")]
    Service(io::Error),
    /// A card cannot be played in its reader.
    #[error("{profile}: {said}")]
    NotPlayed {
        /// The card's profile.
        profile: String,
        /// What the program said of it.
        said: String,
    },
    /// pcscd does not tell of a card that is in its reader.
    #[error("{reader}: {log}")]
    NotSeen {
        /// The reader's name.
        reader: String,
        /// What pcscd said at last.
        log: String,
    },
    /// A fault that this reader does not know.
    #[error("{profile}: {said}")]
    Fault {
        /// The words.
        plan: String,
        /// The card's profile.
        profile: String,
        /// What was answered.
        said: String,
    },
    /// A file of the bench could not be written.
    #[error("{0}")]
    Folder(io::Error),
}

impl UpError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } => "bench-not-installed",
            Self::NoNameSpaces(_) => "bench-no-name-spaces",
            Self::Service(_) => "bench-service",
            Self::NotPlayed { .. } => "bench-card-not-played",
            Self::NotSeen { .. } => "bench-card-not-seen",
            Self::Fault { .. } => "bench-fault",
            Self::Folder(_) => "bench-folder",
        }
    }

    fn of_service(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::NoNameSpaces(error),
            _ => Self::Service(error),
        }
    }
}

/// A card in its place.
pub(crate) struct Placed {
    plan: CardPlan,
    /// As PC/SC lists it, or as libnfc opens it.
    reader: String,
    files: describe::Files,
}

/// What stands. Dropping it ends the cards and the service: no process of it is left.
pub struct Bench {
    placed: Vec<Placed>,
    // In this order: a card that leaves before its reader is missed by nobody.
    players: Vec<Player>,
    service: Option<PrivatePcscd>,
    folder: PathBuf,
}

impl Bench {
    /// Stands it up with its files in an empty folder that only this user reads, and returns when pcscd has seen every card.
    /// Removing the folder is the caller's.
    ///
    /// # Errors
    /// [`UpError`]; nothing goes on running then.
    pub fn stand_up(plan: &Plan, folder: &Path) -> Result<Self, UpError> {
        let wants = |kind: ReaderKind| plan.cards.iter().any(|card| card.reader == kind);
        let packages = missing(&plan.cards, None);
        if !packages.is_empty() {
            return Err(UpError::NotInstalled { packages });
        }
        let mut bench = Self {
            placed: describe::place(folder, &plan.cards).map_err(UpError::Folder)?,
            players: Vec::new(),
            service: None,
            folder: folder.to_owned(),
        };
        let mut entries = vpcd_entries(vpcd_readers(&plan.cards));
        for placed in bench
            .placed
            .iter()
            .filter(|placed| placed.is_at(ReaderKind::PinPad))
        {
            let player = Player::start(plan.command(), placed, &placed.files.via_pad())?;
            entries.push_str(player.reader_entry());
            bench.players.push(player);
        }
        if wants(ReaderKind::Vpcd) || wants(ReaderKind::PinPad) {
            bench.service = Some(PrivatePcscd::start_with(&entries).map_err(UpError::of_service)?);
        }
        bench.play_the_rest(plan)?;
        if let Some(service) = &bench.service {
            let readers = bench
                .placed
                .iter()
                .filter(|placed| !placed.is_at(ReaderKind::Nfc));
            let readers = readers.map(|placed| placed.reader.as_str()).collect();
            seen::wait(
                plan,
                service,
                &describe::empty_configuration(&bench.folder),
                readers,
            )?;
        }
        for placed in &bench.placed {
            placed.break_as_planned()?;
        }
        Ok(bench)
    }

    fn play_the_rest(&mut self, plan: &Plan) -> Result<(), UpError> {
        let mut port = VPCD_PORT;
        for placed in &self.placed {
            let player = match (placed.plan.reader, &self.service) {
                (ReaderKind::Vpcd, Some(service)) => {
                    let mut command = service.command(&plan.program);
                    command.args(plan.common_arguments());
                    let player = Player::start(command, placed, &format!("vpcd://127.0.0.1:{port}"))?;
                    port += 1;
                    player
                }
                (ReaderKind::Nfc, _) => Player::start(plan.command(), placed, &placed.files.via_nfc())?,
                _ => continue,
            };
            self.players.push(player);
        }
        Ok(())
    }

    /// The processes that are the bench, which [`kin`] is to leave alone.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        let service = self.service.iter().map(PrivatePcscd::supervisor_id);
        self.players.iter().map(Player::id).chain(service).collect()
    }

    /// The environment by which a program finds the readers, and what else a test wants to know. The names that are ours begin
    /// with `VARCO_BENCH_`.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        describe::variables(&self.folder, self.service.as_ref(), &self.placed)
    }

    /// The cards and the environment as one JSON object; it also stands in the file that `VARCO_BENCH_JSON` names.
    #[must_use]
    pub fn describe(&self) -> Value {
        describe::object(&self.placed, &self.variables())
    }

    /// Writes that file.
    ///
    /// # Errors
    /// [`UpError::Folder`].
    pub fn write_description(&self) -> Result<(), UpError> {
        let text = format!("{}\n", self.describe());
        describe::write(&describe::description(&self.folder), &text).map_err(UpError::Folder)
    }
}

impl Placed {
    fn is_at(&self, kind: ReaderKind) -> bool {
        self.plan.reader == kind
    }

    fn break_as_planned(&self) -> Result<(), UpError> {
        let Some(plan) = &self.plan.fault else {
            return Ok(());
        };
        let answer = control::tell(&self.files.control, &format!("fault {plan}"));
        let said = match answer {
            Ok(answer) => control::refused(&answer),
            Err(error) => Some(error.to_string()),
        };
        said.map_or(Ok(()), |said| {
            Err(UpError::Fault {
                plan: plan.clone(),
                profile: self.plan.profile.clone(),
                said,
            })
        })
    }
}

impl Plan {
    fn common_arguments(&self) -> [&str; 3] {
        ["--json", "--lang", &self.language]
    }

    fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        command.args(self.common_arguments());
        command
    }
}

/// Two cards share a reader.
fn vpcd_readers(cards: &[CardPlan]) -> u16 {
    let cards = cards
        .iter()
        .filter(|card| card.reader == ReaderKind::Vpcd)
        .count();
    u16::try_from(cards).unwrap_or(u16::MAX).div_ceil(SLOTS)
}

/// The name by which PC/SC lists the card's slot, after so many cards in readers of the same kind.
fn pcsc_name(kind: ReaderKind, before: u16) -> String {
    match kind {
        ReaderKind::Vpcd => format!("{} 00 {:02X}", vpcd_name(before / SLOTS), before % SLOTS),
        ReaderKind::PinPad | ReaderKind::Nfc => format!("{PAD_NAME} {before:02X} 00"),
    }
}
