//! Recording a CNS: which files and applications it has, how it answers, and a played card made of that.
//!
//! Not here: the reading of one file (`reading`), and where the rest comes from (`donor`).

use toml::{Table, Value};
use varco_apdu::{CommandApdu, StatusWord, ins};
use varco_card::{CardChannel, LinkError};

use super::donor::Donor;
use super::habits::{self, Habits};
use super::list::ReadOnly;
use super::places::Places;
use super::reading::{Selected, look, select};
use super::shape::{Kind, Node, Read, Shape};
use super::{Draft, hex, unhex};

const BY_PATH: u8 = 0x08;
const BY_IDENTIFIER: u8 = 0x00;
const BY_NAME: u8 = 0x04;
/// A file that the card tells no size of and nobody may read is played with so many bytes.
const SIZE_UNTOLD: usize = 256;
const KEY: &str = "key.p8";

/// One application of the card.
struct Application {
    aid: Option<String>,
    nodes: Vec<Node>,
    data: Vec<(String, Vec<u8>)>,
}

/// The longest file that anybody may read.
struct Longest {
    aid: Option<String>,
    path: String,
    size: usize,
}

/// What was seen of the card.
pub(super) struct Seen {
    applications: Vec<Application>,
    habits: Habits,
}

/// Looks at all places, then at habits.
pub(super) fn see<C: CardChannel>(card: &mut ReadOnly<C>, places: &Places) -> Result<Seen, LinkError> {
    let mut habits = Habits::default();
    habits::of_selecting(card, &mut habits)?;
    let mut applications = Vec::new();
    let mut longest: Option<Longest> = None;
    for aid in core::iter::once(None).chain(places.applications.iter().map(Some)) {
        if enter(card, aid.map(String::as_str))?.is_err() && aid.is_some() {
            continue;
        }
        let mut nodes = Vec::new();
        for path in &places.paths {
            if !is_worth_asking(path, &nodes) {
                continue;
            }
            let Ok(selected) = reach(card, aid.map(String::as_str), path)? else {
                continue;
            };
            let kind = look(card, &selected)?;
            if let Kind::File {
                size: Some(size),
                read: Read::Always,
                ..
            } = kind
            {
                habits.fci = habits.fci.or(habits::form_of(&selected));
                let known = longest.as_ref().map_or(0, |known| known.size);
                if size > known {
                    longest = Some(Longest {
                        aid: aid.cloned(),
                        path: path.clone(),
                        size,
                    });
                }
            }
            nodes.push(Node {
                path: path.clone(),
                kind,
            });
        }
        let data = match aid {
            Some(_) => data(card, places)?,
            None => Vec::new(),
        };
        applications.push(Application {
            aid: aid.cloned(),
            nodes,
            data,
        });
    }
    if let Some(longest) = &longest {
        at_the_longest(card, longest, &mut habits)?;
    }
    Ok(Seen { applications, habits })
}

/// Reads at the edges of a file, and selects it in two parts.
fn at_the_longest<C: CardChannel>(
    card: &mut ReadOnly<C>,
    longest: &Longest,
    habits: &mut Habits,
) -> Result<(), LinkError> {
    let aid = longest.aid.as_deref();
    let _ = enter(card, aid)?;
    if reach(card, aid, &longest.path)?.is_err() {
        return Ok(());
    }
    habits::of_reading(card, longest.size, habits)?;
    if longest.path.contains('/') {
        let form = if habits.select == Some("any") { 0x0C } else { 0x00 };
        habits.chaining = habits::of_chaining(card, (BY_PATH, form), &unhex(&longest.path))?;
    }
    Ok(())
}

/// The root of an application; the card's own without a name.
fn enter<C: CardChannel>(
    card: &mut ReadOnly<C>,
    aid: Option<&str>,
) -> Result<Result<Selected, StatusWord>, LinkError> {
    match aid {
        None => select(card, BY_IDENTIFIER, &[0x3F, 0x00]),
        Some(aid) => select(card, BY_NAME, &unhex(aid)),
    }
}

/// What lies in a folder is looked for where the folder is, or where it did not tell.
fn is_worth_asking(path: &str, nodes: &[Node]) -> bool {
    match path.rsplit_once('/') {
        None => true,
        Some((folder, _)) => nodes.iter().any(|node| node.path == folder),
    }
}

/// By its path, else step by step from the application's root.
fn reach<C: CardChannel>(
    card: &mut ReadOnly<C>,
    aid: Option<&str>,
    path: &str,
) -> Result<Result<Selected, StatusWord>, LinkError> {
    if let Ok(selected) = select(card, BY_PATH, &unhex(path))? {
        return Ok(Ok(selected));
    }
    let mut reached = enter(card, aid)?;
    for step in path.split('/') {
        if reached.is_err() {
            return Ok(reached);
        }
        reached = select(card, BY_IDENTIFIER, &unhex(step))?;
    }
    Ok(reached)
}

fn data<C: CardChannel>(
    card: &mut ReadOnly<C>,
    places: &Places,
) -> Result<Vec<(String, Vec<u8>)>, LinkError> {
    let mut found = Vec::new();
    for tag in &places.data {
        let [p1, p2] = unhex(tag).try_into().unwrap_or_default();
        let answer = card.whole(&CommandApdu::new(0x00, ins::GET_DATA, p1, p2).expecting(256))?;
        if answer.status().is_success() {
            found.push((tag.clone(), answer.data().to_vec()));
        }
    }
    Ok(found)
}

/// Makes the played card: structure and habits of the card, all else invented or known of the maker.
pub(super) fn play(seen: &Seen, donors: &[Donor], like: &Donor, draft: &mut Draft) {
    let mut table = like.table.clone();
    let person = person(seen, donors, like);
    behave(&mut table, &seen.habits, draft);
    for remove in ["file", "application"] {
        table.remove(remove);
    }
    let mut applications = Vec::new();
    for application in &seen.applications {
        let aid = application.aid.as_deref();
        let files: Vec<Value> = application
            .nodes
            .iter()
            .map(|node| Value::Table(entry(aid, node, like, person, draft)))
            .collect();
        match aid {
            None => {
                table.insert("file".to_owned(), Value::Array(files));
            }
            Some(aid) => {
                let mut written = Table::new();
                written.insert("aid".to_owned(), aid.into());
                let data = objects(aid, &application.data, donors, draft);
                if !data.is_empty() {
                    written.insert("data".to_owned(), Value::Array(data));
                }
                written.insert("file".to_owned(), Value::Array(files));
                applications.push(Value::Table(written));
            }
        }
    }
    let is_there = |aid: &str| {
        seen.applications
            .iter()
            .any(|known| known.aid.as_deref() == Some(aid))
    };
    let security = table.get("security_application").and_then(Value::as_str);
    if security.is_some_and(|aid| !is_there(aid)) {
        table.remove("security_application");
        draft.assume("security_application");
    }
    if !applications.is_empty() {
        table.insert("application".to_owned(), Value::Array(applications));
    }
    keys(&mut table, seen, person, draft);
    draft.table = table;
}

fn behave(table: &mut Table, habits: &Habits, draft: &mut Draft) {
    let Some(Value::Table(behaviour)) = table.get_mut("behaviour") else {
        return;
    };
    let seen: [(&str, Option<Value>); 6] = [
        ("chaining", habits.chaining.map(Value::from)),
        ("extended_length", habits.extended_length.map(Value::from)),
        ("get_response", habits.get_response.map(Value::from)),
        ("select", habits.select.map(Value::from)),
        ("fci", habits.fci.map(Value::from)),
        ("short_read", habits.short_read.map(Value::from)),
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
    for key in [
        "decipher",
        "empty_verify",
        "iso_mse",
        "reference_search_bit",
        "security_environment",
        "signature_command",
        "signature_input",
        "unblock",
        "verify_success",
        "wrong_pin",
    ] {
        draft.assume(key);
    }
}

/// Whose certificate, key and data stand in for the holder's: of the shape that the card's certificate has.
fn person<'d>(seen: &Seen, donors: &'d [Donor], like: &'d Donor) -> &'d Donor {
    let certificate = seen.applications.iter().find_map(|application| {
        application.nodes.iter().find_map(|node| match node.kind {
            Kind::File {
                size: Some(size),
                shape,
                ..
            } if shape.is_certificate() => Some((application.aid.as_deref(), &node.path, size, shape)),
            _ => None,
        })
    });
    let Some((aid, path, size, shape)) = certificate else {
        return like;
    };
    let fits = |content: &[u8]| Shape::of(content) == shape && content.len() <= size;
    if like.at(aid, path).is_some_and(|(_, content)| fits(content)) {
        return like;
    }
    donors
        .iter()
        .find(|donor| donor.certificate(shape, size).is_some())
        .unwrap_or(like)
}

fn entry(aid: Option<&str>, node: &Node, like: &Donor, person: &Donor, draft: &mut Draft) -> Table {
    let mut entry = Table::new();
    entry.insert("path".to_owned(), node.path.as_str().into());
    let Kind::File { size, read, shape } = node.kind else {
        return entry;
    };
    let shown = aid.map_or_else(|| node.path.clone(), |aid| format!("{aid}:{}", node.path));
    let size = size.unwrap_or_else(|| {
        draft.assume(&format!("size of {shown}"));
        SIZE_UNTOLD
    });
    entry.insert("size".to_owned(), i64::try_from(size).unwrap_or(0).into());
    entry.insert("read".to_owned(), read.word().into());
    entry.insert("update".to_owned(), "never".into());
    if shape == Shape::Blank {
        return entry;
    }
    let invented = if shape.is_certificate() {
        let own = person.at(aid, &node.path);
        own.filter(|(_, content)| Shape::of(content) == shape)
            .or_else(|| person.certificate(shape, size))
    } else {
        person.at(aid, &node.path).or_else(|| like.at(aid, &node.path))
    };
    match invented.filter(|(_, content)| content.len() <= size) {
        Some((_, content)) => {
            let prefix = aid
                .map(|aid| format!("{}-", aid.to_lowercase()))
                .unwrap_or_default();
            let name = format!("ef-{prefix}{}.bin", node.path.to_lowercase().replace('/', "-"));
            entry.insert("content".to_owned(), name.as_str().into());
            draft.files.insert(name, content.to_vec());
            draft.replace(&shown, "invented test material");
        }
        // Nothing of the same shape is at hand, so nothing is there.
        None => draft.replace(&shown, "zeros"),
    }
    entry
}

/// What GET DATA answers is kept where a built-in card answers just this: then it is a maker's word and nobody's number.
fn objects(aid: &str, data: &[(String, Vec<u8>)], donors: &[Donor], draft: &mut Draft) -> Vec<Value> {
    let mut kept = Vec::new();
    for (tag, value) in data {
        let value = hex(value);
        let is_known = donors.iter().any(|donor| has_object(donor, aid, tag, &value));
        if is_known {
            let mut object = Table::new();
            object.insert("tag".to_owned(), tag.as_str().into());
            object.insert("value".to_owned(), value.into());
            kept.push(Value::Table(object));
        } else {
            draft.replace(&format!("{aid}: GET DATA {tag}"), "left out");
        }
    }
    kept
}

fn has_object(donor: &Donor, aid: &str, tag: &str, value: &str) -> bool {
    let applications = donor.table.get("application").and_then(Value::as_array);
    applications.into_iter().flatten().any(|application| {
        let objects = application.get("data").and_then(Value::as_array);
        let is_same =
            |object: &Value, key: &str, wanted: &str| object.get(key).and_then(Value::as_str) == Some(wanted);
        is_same(application, "aid", aid)
            && objects
                .into_iter()
                .flatten()
                .any(|object| is_same(object, "tag", tag) && is_same(object, "value", value))
    })
}

/// The donor's key, in the folder that the maker has it in where the card has such a folder.
fn keys(table: &mut Table, seen: &Seen, person: &Donor, draft: &mut Draft) {
    let is_there = |folder: &str| {
        seen.applications
            .iter()
            .flat_map(|application| &application.nodes)
            .any(|node| node.path == folder && node.kind == Kind::Folder)
    };
    if let Some(Value::Array(keys)) = table.get_mut("key") {
        keys.truncate(1);
        for key in keys.iter_mut().filter_map(Value::as_table_mut) {
            key.insert("file".to_owned(), KEY.into());
            let folder = key.get("folder").and_then(Value::as_str);
            if folder.is_some_and(|folder| !is_there(folder)) {
                key.remove("folder");
            }
        }
    }
    if let Some(content) = person.content(KEY) {
        draft.files.insert(KEY.to_owned(), content.to_vec());
    }
    draft.replace("private key", "invented test material");
    draft.assume("key");
}
