//! From text to a scenario: its size, its form, its names.
//!
//! Not here: whether the order of steps is possible (`order`).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::{CardWanted, Do, Expectation, FORMAT, Scenario, Step, TrustWanted, order};

/// The most bytes of a file.
pub const SCENARIO_BYTES_MAX: usize = 65_536;
/// The most steps.
const STEPS_MAX: usize = 200;
/// The most cards.
const CARDS_MAX: usize = 8;
/// The most characters of a text.
const TEXT_CHARS_MAX: usize = 256;
/// The most texts in an array.
const TEXTS_MAX: usize = 64;
/// The longest wait.
const WAIT_MAX_MS: u64 = 600_000;

/// Why a file is no scenario.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct ScenarioError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl ScenarioError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "scenario-malformed"
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: Spanned<u32>,
    name: Spanned<String>,
    title: Spanned<String>,
    #[serde(default)]
    trust: TrustWanted,
    cards: Spanned<BTreeMap<String, Spanned<CardWanted>>>,
    steps: Spanned<Vec<Spanned<toml::Table>>>,
}

/// What is wrong, and at which byte.
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) what: String,
}

impl Wrong {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self {
            at,
            what: what.into(),
        }
    }
}

impl Scenario {
    /// Reads a file, and gives its text too.
    ///
    /// # Errors
    /// [`ScenarioError`]; a file that cannot be read is told as wrong at its first line.
    pub fn read(path: &Path) -> Result<(String, Self), ScenarioError> {
        let file = path.display().to_string();
        let unreadable = |what: String| ScenarioError {
            file: file.clone(),
            line: 1,
            what,
        };
        let mut bytes = Vec::new();
        // Not waiting for the other end of what is no file.
        let about =
            std::fs::metadata(path).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
        if !about.is_file() {
            return Err(unreadable("is not a file".to_owned()));
        }
        File::open(path)
            .and_then(|file| file.take(SCENARIO_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(format!("cannot be read: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable("is not UTF-8 text".to_owned()))?;
        let scenario = Self::parse(&file, &text)?;
        Ok((text, scenario))
    }

    /// Reads a text, of the file of this name.
    ///
    /// # Errors
    /// [`ScenarioError`] names the line and what to do.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        parse(text).map_err(|wrong| ScenarioError {
            file: file.to_owned(),
            line: line_of(text, wrong.at),
            what: wrong.what,
        })
    }
}

fn parse(text: &str) -> Result<Scenario, Wrong> {
    if text.len() > SCENARIO_BYTES_MAX {
        return Err(Wrong::new(
            0,
            format!("a scenario has at most {SCENARIO_BYTES_MAX} bytes"),
        ));
    }
    let written: Written = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Wrong::new(at, one_line(error.message()))
    })?;
    if *written.format.get_ref() != FORMAT {
        let what = format!(
            "format {} is not known: this version reads {FORMAT}",
            written.format.get_ref()
        );
        return Err(Wrong::new(written.format.span().start, what));
    }
    check_name(&written.name)?;
    check_text("title", written.title.span().start, written.title.get_ref())?;
    check_trust(&written.trust)?;
    let cards = cards(written.cards)?;
    let (steps_at, steps) = (written.steps.span().start, written.steps.into_inner());
    if steps.len() > STEPS_MAX {
        return Err(Wrong::new(
            steps_at,
            format!("a scenario has at most {STEPS_MAX} steps"),
        ));
    }
    let mut read = Vec::with_capacity(steps.len());
    for step in steps {
        let at = step.span().start;
        read.push((at, step_of(at, step.into_inner())?));
    }
    order::check(&cards, steps_at, &read)?;
    Ok(Scenario {
        name: written.name.into_inner(),
        title: written.title.into_inner(),
        cards,
        trust: written.trust,
        steps: read
            .into_iter()
            .map(|(at, what)| Step {
                line: line_of(text, at),
                what,
            })
            .collect(),
    })
}

fn step_of(at: usize, table: toml::Table) -> Result<Do, Wrong> {
    if !table.contains_key("do") {
        return Err(Wrong::new(
            at,
            "this step does not say what happens: add `do`, such as do = \"insert\"",
        ));
    }
    let what = Do::deserialize(table).map_err(|error| Wrong::new(at, one_line(error.message())))?;
    let texts: Vec<&str> = match &what {
        Do::Insert { card } => vec![card],
        Do::Login {
            service, audience, ..
        } => service.iter().chain(audience).map(String::as_str).collect(),
        Do::Run { program, arguments } => [program]
            .into_iter()
            .chain(arguments)
            .map(String::as_str)
            .collect(),
        Do::Expect(wanted) => {
            check_decision(at, wanted)?;
            wanted.texts().collect()
        }
        Do::Wait { ms } if *ms > WAIT_MAX_MS => {
            return Err(Wrong::new(at, format!("ms: at most {WAIT_MAX_MS}")));
        }
        _ => Vec::new(),
    };
    if texts.len() > TEXTS_MAX {
        return Err(Wrong::new(at, format!("at most {TEXTS_MAX} texts")));
    }
    texts
        .iter()
        .try_for_each(|text| check_text(what.name(), at, text))?;
    Ok(what)
}

fn check_decision(at: usize, wanted: &Expectation) -> Result<(), Wrong> {
    match wanted.decision.as_deref() {
        None | Some("permit" | "deny") => Ok(()),
        Some(_) => Err(Wrong::new(at, "decision: permit or deny")),
    }
}

fn cards(
    written: Spanned<BTreeMap<String, Spanned<CardWanted>>>,
) -> Result<BTreeMap<String, CardWanted>, Wrong> {
    let at = written.span().start;
    let written = written.into_inner();
    if written.is_empty() || written.len() > CARDS_MAX {
        return Err(Wrong::new(
            at,
            format!("a scenario has 1 to {CARDS_MAX} cards: add [cards.NAME]"),
        ));
    }
    let mut cards = BTreeMap::new();
    for (name, card) in written {
        let at = card.span().start;
        let card = card.into_inner();
        if card.profile.is_empty() && card.kind.is_empty() {
            return Err(Wrong::new(
                at,
                format!("card {name:?}: say which by `profile`, `kind` or both"),
            ));
        }
        if card.profile.len() > CARDS_MAX || card.kind.len() > CARDS_MAX {
            return Err(Wrong::new(
                at,
                format!("card {name:?}: at most {CARDS_MAX} profiles and kinds"),
            ));
        }
        for text in card.profile.iter().chain(&card.kind).chain([&name]) {
            check_text("cards", at, text)?;
        }
        cards.insert(name, card);
    }
    Ok(cards)
}

fn check_trust(trust: &TrustWanted) -> Result<(), Wrong> {
    let files = [
        &trust.anchors,
        &trust.test_anchors,
        &trust.lists,
        &trust.country_signers,
        &trust.test_country_signers,
    ];
    if files.iter().any(|files| files.len() > TEXTS_MAX) {
        return Err(Wrong::new(
            0,
            format!("trust: at most {TEXTS_MAX} files of a kind"),
        ));
    }
    for file in files.into_iter().flatten() {
        check_text("trust", 0, &file.to_string_lossy())?;
    }
    Ok(())
}

fn check_name(name: &Spanned<String>) -> Result<(), Wrong> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let text = name.get_ref();
    if text.is_empty() || text.len() > 64 || !text.bytes().all(fits) {
        let what = "name: 1 to 64 lower-case letters, digits and hyphens";
        return Err(Wrong::new(name.span().start, what));
    }
    Ok(())
}

fn check_text(what: &str, at: usize, text: &str) -> Result<(), Wrong> {
    if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
        let what =
            format!("{what}: a text has 1 to {TEXT_CHARS_MAX} characters, none of them a control character");
        return Err(Wrong::new(at, what));
    }
    Ok(())
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.join(" ")
}
