//! Logins at played cards that are recorded byte for byte, and replayed.
//!
//! All randomness of such a login follows from a seed, its clock stands still, and the test authorities are believed. A recipe
//! names a profile, never a reader: there is no way from a seed to a card that is not played. A profile of a folder is the caller's
//! to bring: no recording has this library open a file.
//!
//! Not here: recordings that leave out what is personal and secret ([`Varco::login_recorded`]).

use std::io::Write;
use std::time::Duration;

use varco_access_policy::{AccessPolicy, ServiceId};
use varco_apdu::Pin;
use varco_auth::{Audience, Nonce};
use varco_card::trace::Capture;
use varco_card::{ExtendedLength, ReaderDriver};
use varco_credential::Attendance;
use varco_pki::{SignatureScheme, Timestamp};
use varco_roster::played::ExactReaders;
use varco_roster::replay::{ReplayReaders, Script};
use varco_session::{EntryError, LoginReport, PinEntry, PinQuestion};

use super::{BelieveError, PlayedReader, PlayedReaders, Profile, ProfileError, believe};
use crate::chance::{Chance, derived};
use crate::{Login, LoginOptions, StartError, Varco};

pub use varco_card::trace::Recipe;
pub use varco_roster::replay::{Difference, Mode, Outcome, ScriptError, What};

/// The name of the reader in which a recorded card lies.
const READER: &str = "played:recorded";
/// How `signature` of a recipe names the schemes.
const SCHEMES: [(&str, SignatureScheme); 2] = [
    ("pkcs1", SignatureScheme::RsaPkcs1Sha256),
    ("pss", SignatureScheme::RsaPssSha256),
];

/// A login that was recorded.
#[derive(Debug)]
pub struct Recorded {
    /// How it went.
    pub report: LoginReport,
    /// Its trace (docs/traces.md). It holds the test PIN, and whoever the card is of.
    pub trace: Vec<u8>,
}

/// A login that was replayed.
#[derive(Debug)]
pub struct Replayed {
    /// How far it came, and the first difference.
    pub outcome: Outcome,
    /// How the login at the recorded card went.
    pub report: LoginReport,
    /// Whether it was also recorded again from its seed; an exact trace is.
    pub again: bool,
}

/// Why nothing was recorded or replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExactError {
    /// The recipe is not one.
    #[error("the recipe's `{member}` cannot be taken")]
    Recipe {
        /// Which of its members.
        member: &'static str,
    },
    /// It names no profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The recipe is for a profile from a folder, and nobody brought it.
    #[error("the recording is of a profile from a folder, which must be given")]
    ProfileWanted,
    /// The recipe is for a profile that is built in, and another was brought.
    #[error("the recording is of a profile that is built in")]
    ProfileBuiltIn,
    /// The trace is none, or cannot be played.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The trace is not exact, or has no recipe: it can be replayed tolerantly alone.
    #[error("the trace is redacted: it has no bytes to compare, only shapes")]
    NotExact,
    /// More was said than a trace has.
    #[error("more was said than a trace can hold")]
    Cut,
    /// The login could not begin.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The test material is damaged.
    #[error(transparent)]
    Believe(#[from] BelieveError),
}

impl ExactError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Recipe { .. } => "trace-recipe",
            Self::Profile(_) => "profile-unknown",
            Self::ProfileWanted => "trace-profile-wanted",
            Self::ProfileBuiltIn => "trace-profile-built-in",
            Self::Script(_) => "trace-malformed",
            Self::NotExact => "trace-not-exact",
            Self::Cut => "trace-too-long",
            Self::Start(error) => error.code(),
            Self::Believe(_) => "defect",
        }
    }
}

/// Plays a login and records each byte of it. The same recipe gives the same trace, with the same version of this library.
///
/// `profile` is the card of a recipe that says `from_folder`.
///
/// # Errors
/// [`ExactError`]. A login that fails is recorded too: that is in its report.
pub fn record(recipe: &Recipe, profile: Option<Profile>) -> Result<Recorded, ExactError> {
    let (readers, hand) = inserted(recipe, profile)?;
    let (recorded, trace) = ExactReaders::new(readers, hand, recipe.clone());
    let report = login(Box::new(recorded), recipe, None)?;
    if trace.is_cut() {
        return Err(ExactError::Cut);
    }
    Ok(Recorded {
        report,
        trace: trace.text(),
    })
}

/// Plays the same login, and records it as one with a real card is: above secure messaging, and redacted.
fn record_redacted(recipe: &Recipe, profile: Option<Profile>) -> Result<Recorded, ExactError> {
    let (readers, _hand) = inserted(recipe, profile)?;
    let mut trace = Vec::new();
    let report = login(Box::new(readers), recipe, Some(&mut trace))?;
    Ok(Recorded { report, trace })
}

/// A reader with the recipe's card in it.
fn inserted(recipe: &Recipe, profile: Option<Profile>) -> Result<(PlayedReaders, PlayedReader), ExactError> {
    let profile = match (profile, recipe.from_folder) {
        (Some(profile), true) => profile,
        (None, false) => Profile::builtin(&recipe.profile)?,
        (None, true) => return Err(ExactError::ProfileWanted),
        (Some(_), false) => return Err(ExactError::ProfileBuiltIn),
    };
    let profile = profile.with_seed(derived(recipe.seed, "card"));
    let mut readers = PlayedReaders::new();
    let hand = readers.add(READER, ExtendedLength::Supported);
    hand.insert(profile.into_card());
    Ok((readers, hand))
}

/// Replays a trace.
///
/// Strictly, an exact trace is first recorded again from its recipe and compared line by line, then its login is held again with a
/// reader that plays it, where each byte must be as it was. Tolerantly, the second is done alone, and challenges, cryptograms
/// and what was left out of the trace are placeholders. The login then ends where it needs what was left out. `profile` is the
/// card of a trace whose recipe says `from_folder`, and is of use strictly alone.
///
/// # Errors
/// [`ExactError`]; [`ExactError::NotExact`] for a redacted trace that is to be replayed strictly. A difference is no error:
/// [`Outcome::difference`] tells it.
pub fn replay(text: &[u8], mode: Mode, profile: Option<Profile>) -> Result<Replayed, ExactError> {
    let script = Script::parse(text)?;
    let recipe = script
        .recipe()
        .filter(|_| script.capture() == Capture::Exact)
        .cloned();
    if mode == Mode::Strict {
        let recipe = recipe.as_ref().ok_or(ExactError::NotExact)?;
        let recorded = record(recipe, profile)?;
        if let Some(line) = first_other_line(text, &recorded.trace) {
            let what = What::Again;
            return Ok(Replayed {
                outcome: Outcome {
                    difference: Some(Difference { line, what }),
                    next_line: Some(line),
                    ..ReplayReaders::new(READER, script, mode).outcome()
                },
                report: recorded.report,
                again: true,
            });
        }
    }
    let readers = ReplayReaders::new(READER, script, mode);
    let replayed = Box::new(readers.clone());
    let report = match &recipe {
        Some(recipe) => login(replayed, recipe, None)?,
        // The digits are nobody's: what was typed is not in the trace, and this goes to no card.
        None => {
            let mut entry = Typed {
                typed: "00000",
                attendance: Attendance::Attended,
            };
            journey(replayed, &plain()?, Chance::System, &mut entry, None)?
        }
    };
    let mut outcome = readers.outcome();
    if let (Some(line), Some(_), None) = (outcome.next_line, &recipe, outcome.difference) {
        let what = What::Less;
        outcome.difference = Some(Difference { line, what });
    }
    Ok(Replayed {
        outcome,
        report,
        again: mode == Mode::Strict,
    })
}

/// Holds the shapes of a trace against those of a login at a played card, tolerantly: what that login says is held against what
/// the trace has. Unlike in [`replay`], nothing depends on what the trace leaves out, so that it is held to its end.
///
/// A trace that was taken above secure messaging is compared there, every other one at the reader.
///
/// # Errors
/// [`ExactError`].
pub fn replay_at(text: &[u8], recipe: &Recipe, profile: Option<Profile>) -> Result<Replayed, ExactError> {
    let script = Script::parse(text)?;
    let recorded = match script.is_above_secure_messaging() {
        true => record_redacted(recipe, profile)?,
        false => record(recipe, profile)?,
    };
    let readers = ReplayReaders::new(READER, script, Mode::Tolerant);
    readers.hold(&Script::parse(&recorded.trace)?);
    let mut outcome = readers.outcome();
    if let (Some(line), None) = (outcome.next_line, outcome.difference)
        && outcome.said < outcome.commands
    {
        let what = What::Less;
        outcome.difference = Some(Difference { line, what });
    }
    Ok(Replayed {
        outcome,
        report: recorded.report,
        again: false,
    })
}

/// The login of a recipe, at whatever card is in that reader; with a sink, what is said is recorded there, redacted.
fn login(
    readers: Box<dyn ReaderDriver>,
    recipe: &Recipe,
    sink: Option<&mut (dyn Write + Send)>,
) -> Result<LoginReport, ExactError> {
    let mut entry = Typed {
        typed: &recipe.test_pin,
        attendance: Attendance::Scripted,
    };
    let (options, chance) = (options(recipe)?, seeded(recipe)?);
    Ok(journey(readers, &options, chance, &mut entry, sink)?)
}

fn journey(
    readers: Box<dyn ReaderDriver>,
    options: &LoginOptions,
    chance: Chance,
    entry: &mut Typed<'_>,
    sink: Option<&mut (dyn Write + Send)>,
) -> Result<LoginReport, StartError> {
    let varco = Varco::with_readers(vec![readers]);
    let mut login = Login::start(&varco, options, entry)?;
    login.chance = chance;
    let report = login.run(options, entry, sink);
    login.close();
    report
}

fn seeded(recipe: &Recipe) -> Result<Chance, ExactError> {
    let seed = recipe.seed;
    instant(recipe).map(|at| Chance::Recorded { seed, at })
}

fn instant(recipe: &Recipe) -> Result<Timestamp, ExactError> {
    let member = "instant";
    recipe.instant.parse().map_err(|_| ExactError::Recipe { member })
}

fn options(recipe: &Recipe) -> Result<LoginOptions, ExactError> {
    let refused = |member| ExactError::Recipe { member };
    let audience = Audience::parse(&recipe.audience).map_err(|_| refused("audience"))?;
    let mut options = LoginOptions::new(audience);
    let scheme = SCHEMES.iter().find(|(name, _)| *name == recipe.signature);
    options.signature_scheme(scheme.ok_or_else(|| refused("signature"))?.1);
    if recipe.birth_date_from_card {
        options.birth_date_from_card();
    }
    if let Some(service) = &recipe.service {
        let service = ServiceId::parse(service).map_err(|_| refused("service"))?;
        options.service(AccessPolicy::builtin(), service);
    }
    if let Some(nonce) = &recipe.nonce {
        options.nonce(Nonce::from_base64(nonce).map_err(|_| refused("nonce"))?);
    }
    options.at(instant(recipe)?).wait(Duration::ZERO).reader(READER);
    believe(&mut options)?;
    Ok(options)
}

/// For a trace that does not say what was wanted.
fn plain() -> Result<LoginOptions, ExactError> {
    let audience = Audience::parse("varco-cli").map_err(|_| ExactError::Recipe { member: "audience" })?;
    let mut options = LoginOptions::new(audience);
    options.wait(Duration::ZERO).reader(READER);
    believe(&mut options)?;
    Ok(options)
}

/// The number of the first line that two traces do not share.
fn first_other_line(left: &[u8], right: &[u8]) -> Option<usize> {
    let mut right = right.split(|byte| *byte == b'\n');
    let mut number = 0;
    for line in left.split(|byte| *byte == b'\n') {
        number += 1;
        if right.next() != Some(line) {
            return Some(number);
        }
    }
    right.next().map(|_| number + 1)
}

/// Types a test PIN.
struct Typed<'t> {
    typed: &'t str,
    attendance: Attendance,
}

impl PinEntry for Typed<'_> {
    fn attendance(&self) -> Attendance {
        self.attendance
    }

    fn ask(&mut self, _question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        Pin::take_from(&mut self.typed.to_owned().into_bytes()).map_err(|_| EntryError::TooLong)
    }
}
