//! Recording a CIE above its secure channel: which files it has, how long they are, and how it answers in clear.
//!
//! What is behind the channel is taken from a played card of the same family whole: keys, number and signatures of a document
//! belong together, so nothing of one document can stand beside something of another.
//!
//! Not here: the reading of one file (`reading`).

use toml::{Table, Value};
use varco_apdu::{CommandApdu, StatusKind, StatusWord, ins};
use varco_card::{CardChannel, LinkError};

use super::donor::Donor;
use super::habits::{self, Habits};
use super::list::ReadOnly;
use super::places::{CieFile, CiePlaces};
use super::reading::read_on;
use super::{Draft, unhex};

const BY_NAME: u8 = 0x04;
const IN_FOLDER: u8 = 0x02;
/// GET DATA for all parameters of the Diffie-Hellman group at once, and for the terminal's root key [cie §3.2].
const GROUP_AT_ONCE: [u8; 10] = [0x4D, 0x08, 0x70, 0x06, 0xBF, 0xA1, 0x01, 0x02, 0xA3, 0x80];
const ROOT_KEY: [u8; 11] = [0x4D, 0x09, 0x70, 0x07, 0xBF, 0xA0, 0x04, 0x03, 0x7F, 0x49, 0x80];

/// What came of a file.
enum File {
    Absent,
    Open { size: usize },
    Closed,
}

/// What was seen of the card.
pub(super) struct Seen<'p> {
    files: Vec<(&'p CieFile, File)>,
    habits: Habits,
    dh_at_once: Option<bool>,
}

pub(super) fn see<'p, C: CardChannel>(
    card: &mut ReadOnly<C>,
    places: &'p CiePlaces,
) -> Result<Seen<'p>, LinkError> {
    let mut habits = Habits::default();
    let mut files = Vec::new();
    let ias = unhex(&places.ias);
    habits.chaining = habits::of_chaining(card, (BY_NAME, 0x0C), &ias)?;
    for file in &places.file {
        enter(card, &ias)?;
        if file.application == "cie" {
            enter(card, &unhex(&places.cie))?;
        }
        let found = look(card, file)?;
        if matches!(found, File::Open { .. }) && habits.extended_length.is_none() {
            let read = CommandApdu::new(0x00, ins::READ_BINARY, 0, 0).expecting(300);
            habits.extended_length = match card.raw(&read) {
                Ok(answer) => habits::extended(answer.status()),
                Err(LinkError::CommandTooLong { .. }) => None,
                Err(error) => return Err(error),
            };
        }
        files.push((file, found));
    }
    enter(card, &ias)?;
    let ask = |tags: &[u8]| {
        CommandApdu::new(0x00, ins::GET_DATA_OBJECTS, 0x3F, 0xFF)
            .with_data(tags)
            .expecting(256)
    };
    let status = card.whole(&ask(&GROUP_AT_ONCE))?.status();
    let dh_at_once = match status.kind() {
        StatusKind::Success => Some(true),
        StatusKind::ReferencedDataNotFound => Some(false),
        _ => None,
    };
    let answer = card.raw(&ask(&ROOT_KEY))?;
    habits.get_response = match answer.status().kind() {
        StatusKind::MoreData { .. } => Some(true),
        // Longer than a short answer holds, and whole all the same.
        StatusKind::Success if answer.data().len() > 256 => Some(false),
        _ => None,
    };
    Ok(Seen {
        files,
        habits,
        dh_at_once,
    })
}

fn enter<C: CardChannel>(card: &mut ReadOnly<C>, aid: &[u8]) -> Result<(), LinkError> {
    let select = CommandApdu::new(0x00, ins::SELECT, BY_NAME, 0x0C).with_data(aid);
    card.raw(&select).map(drop)
}

/// By its identifier, and where it has one by its short identifier. What it holds is let go at once.
fn look<C: CardChannel>(card: &mut ReadOnly<C>, file: &CieFile) -> Result<File, LinkError> {
    let select = CommandApdu::new(0x00, ins::SELECT, IN_FOLDER, 0x0C).with_data(&unhex(&file.id));
    let is_selected = card.raw(&select)?.status().is_success();
    let short_id = file.short_id.filter(|_| !is_selected);
    if !is_selected && short_id.is_none() {
        return Ok(File::Absent);
    }
    let (content, refused) = read_on(card, &mut |offset| match (short_id, offset) {
        (Some(short_id), 0) => [0x80 | short_id, 0],
        _ => offset.to_be_bytes(),
    })?;
    Ok(match refused {
        Some(StatusWord::FILE_NOT_FOUND) => File::Absent,
        Some(_) if content.is_empty() => File::Closed,
        _ => File::Open { size: content.len() },
    })
}

/// Makes the played card.
pub(super) fn play(seen: &Seen<'_>, like: &Donor, draft: &mut Draft) {
    let mut table = like.table.clone();
    if let Some(Value::Table(behaviour)) = table.get_mut("behaviour") {
        let answers = seen
            .habits
            .get_response
            .map(|in_parts| if in_parts { "in-parts" } else { "whole" });
        let seen: [(&str, Option<Value>); 4] = [
            ("chaining", seen.habits.chaining.map(Value::from)),
            ("extended_length", seen.habits.extended_length.map(Value::from)),
            ("answers", answers.map(Value::from)),
            ("dh_at_once", seen.dh_at_once.map(Value::from)),
        ];
        for (key, value) in seen {
            match value {
                Some(value) => {
                    draft.observe(key, &value);
                    behaviour.insert(key.to_owned(), value);
                }
                None => draft.assume(key),
            }
        }
    }
    for key in [
        "last_wrong_pin",
        "names_terminal_in_b6",
        "outer_status",
        "response_max_bytes",
        "tells_tries",
    ] {
        draft.assume(key);
    }
    if let Some(Value::Array(files)) = table.get_mut("file") {
        for entry in files.iter_mut().filter_map(Value::as_table_mut) {
            adapt(entry, seen, like, draft);
        }
    }
    for (name, content) in names(&table).into_iter().filter_map(|name| {
        let content = like.content(&name)?;
        Some((name, content))
    }) {
        draft.files.insert(name, content.to_vec());
    }
    for part in ["private keys", "root key", "group"] {
        draft.replace(part, "invented test material");
    }
    draft.table = table;
}

/// A file of the donor, as long as that of the card where it holds what it must.
fn adapt(entry: &mut Table, seen: &Seen<'_>, like: &Donor, draft: &mut Draft) {
    let word = |entry: &Table, key: &str| {
        entry
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (id, application) = (word(entry, "id"), word(entry, "application"));
    let shown = format!("{application}:{id}");
    let found = seen
        .files
        .iter()
        .find(|(file, _)| file.id == id && file.application == application);
    let content = like.content(&word(entry, "content")).map_or(0, <[u8]>::len);
    match found.map(|(_, found)| found) {
        Some(File::Open { size }) => {
            entry.insert("read".to_owned(), "always".into());
            if *size >= content {
                entry.insert("size".to_owned(), i64::try_from(*size).unwrap_or(0).into());
            } else {
                draft.replace(&format!("size of {shown}"), "invented test material");
            }
        }
        Some(File::Closed) => {
            entry.insert("read".to_owned(), "pin".into());
            draft.assume(&format!("size of {shown}"));
        }
        Some(File::Absent) | None => draft.assume(&format!("{shown}, which this card did not show")),
    }
    draft.replace(&shown, "invented test material");
}

/// The files that a profile names.
fn names(table: &Table) -> Vec<String> {
    let mut names = Vec::new();
    let words = |table: &Table, names: &mut Vec<String>| {
        let files = table.values().filter_map(Value::as_str);
        names.extend(files.map(str::to_owned));
    };
    for key in ["keys", "root", "group"] {
        if let Some(Value::Table(table)) = table.get(key) {
            words(table, &mut names);
        }
    }
    let files = table.get("file").and_then(Value::as_array);
    for file in files.into_iter().flatten().filter_map(Value::as_table) {
        let content = file.get("content").and_then(Value::as_str);
        names.extend(content.map(str::to_owned));
    }
    names
}
