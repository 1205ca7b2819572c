//! `varco trust`: what an operator does to say whom to believe, to keep it fresh, and to carry it elsewhere.
//!
//! Not here: the store itself (the library's), and its use in a login (`trust`).

mod bundle;
mod import;
mod list;
mod status;
mod update;

use std::path::PathBuf;

use varco::trust::AnchorKind;
use varco::trust::fetch::{FetchAddress, Progress};
use varco::trust::store::{OnlineEvent, StoreError, TrustStore, default_folder};
use varco_messages::{Arg, Messages};

use crate::arguments::{Kind, StoreArguments, StoreCommand};
use crate::exit::Exit;
use crate::output::{Output, note};
use crate::problem::Problem;

/// Digits of a fingerprint that people are shown.
const SHOWN_DIGITS: usize = 16;

pub(crate) fn run(arguments: &StoreArguments, output: &Output) -> Exit {
    let path = match folder(arguments, output) {
        Ok(path) => path,
        Err(problem) => return output.fail(&problem),
    };
    // What is to be put in makes a store where there is none.
    let may_create = matches!(arguments.command, StoreCommand::Import(_));
    if let StoreCommand::Bundle(arguments) = &arguments.command
        && let Some(path) = &arguments.new_key
    {
        return bundle::new_key(path, output);
    }
    let opened = if may_create {
        TrustStore::create(&path)
    } else {
        TrustStore::open(&path)
    };
    let store = match opened {
        Ok(store) => store,
        Err(error) => return output.fail(&problem(&error, output)),
    };
    match &arguments.command {
        StoreCommand::Import(arguments) => import::run(&store, arguments, output),
        StoreCommand::List => list::all(&store, output),
        StoreCommand::Show { prefix } => list::show(&store, prefix, output),
        StoreCommand::Remove { prefix } => list::remove(&store, prefix, output),
        StoreCommand::Status => status::run(&store, output),
        StoreCommand::Update(arguments) => update::run(&store, arguments, output),
        StoreCommand::Bundle(arguments) => bundle::run(&store, arguments, output),
    }
}

fn folder(arguments: &StoreArguments, output: &Output) -> Result<PathBuf, Problem> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let default = || {
        let is_root = rustix::process::geteuid().is_root();
        default_folder(is_root, variable("XDG_DATA_HOME"), variable("HOME"))
    };
    let named = arguments.store.clone().or_else(default);
    named.ok_or_else(|| output.problem("store-nowhere", &[]))
}

fn problem(error: &StoreError, output: &Output) -> Problem {
    Problem::store(output.messages(), error)
}

impl From<Kind> for AnchorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Production => Self::Production,
            Kind::Legacy => Self::Legacy,
            Kind::Test => Self::Test,
        }
    }
}

/// The stable name of a kind in JSON.
fn kind_name(kind: AnchorKind) -> &'static str {
    match kind {
        AnchorKind::Production => "production",
        AnchorKind::Legacy => "legacy",
        AnchorKind::Test => "test",
    }
}

/// The first digits of a fingerprint.
fn shown(fingerprint: &impl ToString) -> String {
    fingerprint.to_string().chars().take(SHOWN_DIGITS).collect()
}

/// Tells on standard error what is fetched.
pub(crate) fn tell(event: &OnlineEvent<'_>, messages: &Messages) {
    match event {
        OnlineEvent::Asking(address) => asking(address, messages),
        OnlineEvent::Coming(address, progress) => coming(address, *progress, messages),
        OnlineEvent::NotKept(error) => {
            note(&messages.text("fetch-not-kept", &[]));
            explained(&Problem::store(messages, error));
        }
        OnlineEvent::Failed(error) => explained(&Problem::fetch(messages, error)),
        OnlineEvent::Refused(_, error) => explained(&Problem::store(messages, error)),
        OnlineEvent::Stored(_) => {}
    }
}

fn explained(problem: &Problem) {
    note(&problem.told.message);
}

fn asking(address: &FetchAddress, messages: &Messages) {
    let address = address.to_string();
    note(&messages.text("fetch-asking", &[("address", Arg::Text(&address))]));
}

/// Once a megabyte: pieces are small.
fn coming(address: &FetchAddress, progress: Progress, messages: &Messages) {
    const PIECE: u64 = 16 * 1024;
    const MEGABYTE: u64 = 1024 * 1024;
    if progress.received % MEGABYTE < PIECE && progress.received >= MEGABYTE {
        let address = address.to_string();
        let kilobytes = u32::try_from(progress.received / 1024).unwrap_or(u32::MAX);
        let arguments = [
            ("address", Arg::Text(&address)),
            ("kilobytes", Arg::Number(kilobytes)),
        ];
        note(&messages.text("fetch-coming", &arguments));
    }
}
