//! The built-in played cards from which a recording takes what a card does not tell: invented holders with their keys, and
//! what is known of a maker.
//!
//! Not here: what the card told.

use toml::{Table, Value};
use varco::played::Profile;
use varco::steps::{CardDriver, Disposition, Recognition, WAIT_DEFAULT};
use varco_card::{CardLink, Transaction};

use super::shape::Shape;

/// A built-in played card.
pub(super) struct Donor {
    pub(super) name: &'static str,
    pub(super) table: Table,
    files: &'static [(&'static str, &'static [u8])],
}

impl Donor {
    /// All of a kind that do nothing hostile, the default first.
    pub(super) fn all(kind: &str) -> Vec<Self> {
        let donor = |name| {
            let embedded = Profile::embedded(name)?;
            let table: Table = embedded.card_toml.parse().ok()?;
            let is_fit = table.get("kind").and_then(Value::as_str) == Some(kind)
                && table
                    .get("behaviour")
                    .and_then(|behaviour| behaviour.get("fault"))
                    .is_none();
            is_fit.then_some(Self {
                name: embedded.name,
                table,
                files: embedded.files,
            })
        };
        Profile::names().filter_map(donor).collect()
    }

    pub(super) fn content(&self, file: &str) -> Option<&'static [u8]> {
        self.files
            .iter()
            .find(|(name, _)| *name == file)
            .map(|(_, content)| *content)
    }

    pub(super) fn atr(&self) -> &str {
        self.table.get("atr").and_then(Value::as_str).unwrap_or_default()
    }

    /// The files that it has, of all of its applications: application, entry.
    pub(super) fn entries(&self) -> Vec<(Option<&str>, &Table)> {
        let mut entries: Vec<(Option<&str>, &Table)> = Vec::new();
        entries.extend(tables(self.table.get("file")).map(|file| (None, file)));
        for application in tables(self.table.get("application")) {
            let aid = application.get("aid").and_then(Value::as_str);
            let files = tables(application.get("file"));
            entries.extend(files.map(|file| (aid, file)));
        }
        entries
    }

    /// Content of the file at this path, in this application before others.
    pub(super) fn at(&self, application: Option<&str>, path: &str) -> Option<(&str, &'static [u8])> {
        let mut entries = self.entries();
        entries.sort_by_key(|(aid, _)| *aid != application);
        entries
            .into_iter()
            .filter(|(_, file)| file.get("path").and_then(Value::as_str) == Some(path))
            .find_map(|(_, file)| {
                let name = file.get("content").and_then(Value::as_str)?;
                Some((name, self.content(name)?))
            })
    }

    /// A certificate's file of this shape and at most so long.
    pub(super) fn certificate(&self, shape: Shape, size: usize) -> Option<(&str, &'static [u8])> {
        self.entries().into_iter().find_map(|(_, file)| {
            let name = file.get("content").and_then(Value::as_str)?;
            let content = self.content(name)?;
            (Shape::of(content) == shape && content.len() <= size).then_some((name, content))
        })
    }

    /// The maker's profile by which it is recognised.
    pub(super) fn maker(&self, drivers: &[Box<dyn CardDriver>]) -> Option<String> {
        let profile = Profile::builtin(self.name).ok()?;
        let (readers, _hands) = varco::played::readers_with(vec![(self.name, profile)]);
        let varco = varco::Varco::with_readers(vec![Box::new(readers)]);
        let mut link = varco.connect(None, WAIT_DEFAULT).ok()?;
        let known = maker_of(&mut *link, drivers);
        // It lies in a reader of this process.
        let _ = link.close(Disposition::Leave);
        known
    }
}

fn maker_of(link: &mut dyn CardLink, drivers: &[Box<dyn CardDriver>]) -> Option<String> {
    let atr = link.atr().clone();
    let mut transaction = Transaction::begin(link, WAIT_DEFAULT).ok()?;
    drivers
        .iter()
        .find_map(|driver| match driver.recognise(&atr, &mut transaction) {
            Ok(Recognition::Login(card)) => Some(card.description().profile),
            _ => None,
        })
}

/// The donor with the same answer to reset, else of the same maker, else the default. With in which of these ways.
pub(super) fn like<'d>(
    donors: &'d [Donor],
    atr: &str,
    maker: &str,
    drivers: &[Box<dyn CardDriver>],
) -> Option<(&'d Donor, &'static str)> {
    if let Some(same) = donors.iter().find(|donor| donor.atr() == atr) {
        return Some((same, "same-answer-to-reset"));
    }
    let of_maker = donors
        .iter()
        .find(|donor| donor.maker(drivers).as_deref() == Some(maker));
    match of_maker {
        Some(donor) => Some((donor, "same-maker")),
        None => donors.first().map(|donor| (donor, "none-of-this-maker")),
    }
}

fn tables(value: Option<&Value>) -> impl Iterator<Item = &Table> {
    let array = value.and_then(Value::as_array);
    array.into_iter().flatten().filter_map(Value::as_table)
}
