//! The files of a bench, and what a command is told of it: environment and JSON.
//!
//! Not here: who reads it. Every value is test material.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use varco_stand::pcscd::PrivatePcscd;

use super::{CardPlan, Placed, ReaderKind, pcsc_name};

/// The form of what is told of a bench.
const DESCRIPTION_FORMAT: u32 = 1;

/// Where a card's files are.
pub(super) struct Files {
    pub(super) control: PathBuf,
    pub(super) log: PathBuf,
    pin: PathBuf,
    puk: PathBuf,
    line: PathBuf,
}

impl Files {
    fn of(folder: &Path, number: usize) -> Self {
        let file = |what: &str| folder.join(format!("{number}.{what}"));
        Self {
            control: file("control"),
            log: file("log"),
            pin: file("pin"),
            puk: file("puk"),
            line: file("line"),
        }
    }

    pub(super) fn via_pad(&self) -> String {
        format!("ccid://{}", self.line.display())
    }

    pub(super) fn via_nfc(&self) -> String {
        format!("pn532://{}", self.line.display())
    }
}

/// Numbers the cards, names their readers, writes down their codes.
pub(super) fn place(folder: &Path, cards: &[CardPlan]) -> io::Result<Vec<Placed>> {
    write(&empty_configuration(folder), "")?;
    let mut before: BTreeMap<&str, u16> = BTreeMap::new();
    let place = |(number, plan): (usize, &CardPlan)| {
        let files = Files::of(folder, number);
        write(&files.pin, &format!("{}\n", plan.pin))?;
        write(&files.puk, &format!("{}\n", plan.puk))?;
        let same = before.entry(plan.reader.name()).or_default();
        let reader = match plan.reader {
            ReaderKind::Nfc => format!("pn532_uart:{}", files.line.display()),
            kind => pcsc_name(kind, *same),
        };
        *same += 1;
        Ok(Placed {
            plan: plan.clone(),
            reader,
            files,
        })
    };
    cards.iter().enumerate().map(place).collect()
}

pub(super) fn variables(
    folder: &Path,
    service: Option<&PrivatePcscd>,
    placed: &[Placed],
) -> Vec<(String, String)> {
    let shown = |path: &Path| path.display().to_string();
    // Without a service of ours there is none: the system's is not to be found by mistake.
    let mut variables = service.map_or_else(
        || vec![("PCSCLITE_CSOCK_NAME".to_owned(), shown(&folder.join("no-pcscd")))],
        PrivatePcscd::env,
    );
    if let Some(nfc) = placed.iter().find(|placed| placed.is_at(ReaderKind::Nfc)) {
        variables.push(("LIBNFC_DEVICE".to_owned(), nfc.reader.clone()));
    }
    let mut ours = |name: String, value: String| variables.push((format!("VARCO_BENCH_{name}"), value));
    ours("DIR".to_owned(), shown(folder));
    ours("JSON".to_owned(), shown(&description(folder)));
    ours("PID".to_owned(), std::process::id().to_string());
    ours("CARDS".to_owned(), placed.len().to_string());
    for (number, card) in placed.iter().enumerate() {
        for (name, value) in card.told() {
            // The first card is also found without a number.
            if number == 0 {
                ours(name.to_uppercase(), value.clone());
            }
            ours(format!("{}_{number}", name.to_uppercase()), value);
        }
    }
    variables
}

pub(super) fn object(placed: &[Placed], variables: &[(String, String)]) -> Value {
    let card = |placed: &Placed| -> Value {
        let fields: Map<String, Value> = placed
            .told()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        fields.into()
    };
    let environment: Map<String, Value> = variables
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    json!({ "format": DESCRIPTION_FORMAT, "cards": placed.iter().map(card).collect::<Vec<Value>>(), "environment": environment })
}

impl Placed {
    /// What is told of a card, by lower-case names.
    fn told(&self) -> Vec<(&'static str, String)> {
        let files = &self.files;
        let shown = |path: &Path| path.display().to_string();
        vec![
            ("profile", self.plan.profile.clone()),
            ("kind", self.plan.reader.name().to_owned()),
            ("reader", self.reader.clone()),
            ("control", shown(&files.control)),
            ("log", shown(&files.log)),
            ("pin_file", shown(&files.pin)),
            ("puk_file", shown(&files.puk)),
        ]
    }
}

pub(super) fn description(folder: &Path) -> PathBuf {
    folder.join("bench.json")
}

/// A configuration of varco that names no reader.
pub(super) fn empty_configuration(folder: &Path) -> PathBuf {
    folder.join("varco.toml")
}

/// A new file that only its owner reads.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(text.as_bytes())
}
