//! `varco trust import`: files into the store, each taken as what it is.
//!
//! Not here: whether what they hold is believed (the library's).

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};
use varco::steps::Timestamp;
use varco::trust::fetch::{FetchAddress, Validators};
use varco::trust::store::{AnchorTerms, BUNDLE_LENGTH_MAX, BundlePublicKey, Imported, TrustStore};
use varco::trust::{AnchorPurpose, Certificate, load_certificates, read_crl};
use varco_messages::Arg;

use super::problem;
use crate::arguments::{FileKind, ImportArguments, Kind, Purpose};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::ownership::is_ours;
use crate::problem::Problem;
use crate::trust::parse_instant;

/// What a bundle begins with.
const BUNDLE_START: &[u8] = b"VARCOTBN";

/// What became of a file.
struct Done<'a> {
    file: &'a Path,
    what: FileKind,
    is_new: bool,
    /// Lists of a bundle that are older than those in place.
    older: usize,
}

pub(super) fn run(store: &TrustStore, arguments: &ImportArguments, output: &Output) -> Exit {
    let mut done = Vec::new();
    let mut failed = None;
    for file in &arguments.files {
        match import(store, file, arguments, output) {
            Ok(one) => {
                if output.format() == Format::Text {
                    text(&one, output);
                }
                done.push(one);
            }
            Err(problem) => {
                failed = Some(problem);
                break;
            }
        }
    }
    match (output.format(), &failed) {
        (Format::Json, _) => output.json(json!({
            "imported": done.iter().map(to_json).collect::<Vec<_>>(),
            "error": failed.as_ref().map(Problem::to_json),
        })),
        (Format::Text, Some(problem)) => output.explain(problem),
        (Format::Text, None) => {}
    }
    failed.map_or(Exit::Done, |problem| problem.exit())
}

fn to_json(done: &Done<'_>) -> Value {
    json!({
        "file": done.file.display().to_string(),
        "as": done.what.name(),
        "new": done.is_new,
        "older": done.older,
    })
}

fn text(done: &Done<'_>, output: &Output) {
    let path = done.file.display().to_string();
    let arguments = [("path", Arg::Text(&path)), ("what", Arg::Text(done.what.name()))];
    let code = if done.is_new {
        "store-import-new"
    } else {
        "store-import-known"
    };
    output.line(&output.say(code, &arguments));
    if let Ok(count @ 1..) = u32::try_from(done.older) {
        output.line(&output.say("store-import-older", &[("count", Arg::Number(count))]));
    }
}

fn import<'a>(
    store: &TrustStore,
    file: &'a Path,
    arguments: &ImportArguments,
    output: &Output,
) -> Result<Done<'a>, Problem> {
    let what = match arguments.what {
        Some(what) => what,
        None => guess(file, output)?,
    };
    let mut older = 0;
    let is_new = match what {
        FileKind::Anchor => anchors(store, file, arguments, output)?,
        FileKind::Signer => {
            let put = |certificate: &Certificate| store.add_signer(&arguments.territory, certificate);
            each(&certificates(file, output)?, put, output)?
        }
        FileKind::List => {
            let bytes = read(file, output)?;
            let address = address(arguments, store, output)?;
            let validators = Validators::default();
            let from = address.as_ref().map(|address| (address, &validators));
            let kind = arguments.kind.into();
            let imported = store.import_list(&bytes, &arguments.territory, kind, from, Timestamp::now());
            imported.map_err(|error| named(problem(&error, output), file))? == Imported::New
        }
        FileKind::Crl => crls(store, file, arguments, output)?,
        FileKind::Bundle => {
            let taken = bundle(store, file, arguments, output)?;
            older = taken.1;
            taken.0
        }
    };
    Ok(Done {
        file,
        what,
        is_new,
        older,
    })
}

fn anchors(
    store: &TrustStore,
    file: &Path,
    arguments: &ImportArguments,
    output: &Output,
) -> Result<bool, Problem> {
    let terms = AnchorTerms {
        kind: arguments.kind.into(),
        purpose: match arguments.purpose {
            Purpose::Any => AnchorPurpose::Any,
            Purpose::Cns => AnchorPurpose::Cns,
            Purpose::Cie => AnchorPurpose::Cie,
        },
        legacy_until: match &arguments.legacy_until {
            Some(day) => Some(last_instant(day, output)?),
            None => None,
        },
    };
    let by = format!("uid {}", rustix::process::getuid().as_raw());
    let put = |certificate: &Certificate| store.add_anchor(certificate, &terms, &by, Timestamp::now());
    each(&certificates(file, output)?, put, output).map_err(|problem| named(problem, file))
}

/// The end of a day, or an instant.
fn last_instant(day: &str, output: &Output) -> Result<Timestamp, Problem> {
    match format!("{day}T23:59:59Z").parse() {
        Ok(instant) => Ok(instant),
        Err(_) => parse_instant(day, output)
            .map_err(|_| Problem::usage(output.messages(), &format!("--legacy-until {day}"))),
    }
}

fn crls(
    store: &TrustStore,
    file: &Path,
    arguments: &ImportArguments,
    output: &Output,
) -> Result<bool, Problem> {
    let issuers = match &arguments.issuer {
        Some(issuer) => certificates(issuer, output)?,
        None => Vec::new(),
    };
    let address = address(arguments, store, output)?;
    let validators = Validators::default();
    let from = address.as_ref().map(|address| (address, &validators));
    let lists = read_crl(file).map_err(|error| Problem::trust(output.messages(), &error))?;
    let put = |der: &Vec<u8>| store.import_crl(der, &issuers, from, Timestamp::now());
    each(&lists, put, output).map_err(|problem| named(problem, file))
}

fn bundle(
    store: &TrustStore,
    file: &Path,
    arguments: &ImportArguments,
    output: &Output,
) -> Result<(bool, usize), Problem> {
    let Some(key) = &arguments.key else {
        return Err(Problem::usage(output.messages(), "--key"));
    };
    let key = public_key(key, output)?;
    let bytes = read(file, output)?;
    // Test material is let in by somebody who is here, not by who made the bundle.
    let take = match arguments.kind {
        Kind::Test => TrustStore::import_bundle_with_test_material,
        Kind::Production | Kind::Legacy => TrustStore::import_bundle,
    };
    let taken = take(store, &bytes, &key, Timestamp::now());
    let taken = taken.map_err(|error| named(problem(&error, output), file))?;
    Ok((taken.imported == Imported::New, taken.older))
}

fn public_key(file: &Path, output: &Output) -> Result<BundlePublicKey, Problem> {
    let path = file.display().to_string();
    let (about, bytes) = open(file, output)?;
    // As the store itself: whoever can write it decides whom is believed.
    if !is_ours(&about) {
        return Err(output.problem("store-unsafe", &[("path", Arg::Text(&path))]));
    }
    let key = std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| BundlePublicKey::parse(text).ok());
    key.ok_or_else(|| output.problem("bundle-key", &[("path", Arg::Text(&path))]))
}

/// Puts in one after the other; whether any was new.
fn each<T>(
    things: &[T],
    put: impl Fn(&T) -> Result<Imported, varco::trust::store::StoreError>,
    output: &Output,
) -> Result<bool, Problem> {
    let mut is_new = false;
    for thing in things {
        is_new |= put(thing).map_err(|error| problem(&error, output))? == Imported::New;
    }
    Ok(is_new)
}

/// A problem with the file's name in its detail.
fn named(problem: Problem, file: &Path) -> Problem {
    let detail = problem.detail.clone().unwrap_or_default();
    problem.detailed(&format!("{}: {detail}", file.display()))
}

/// Where the next one will be, whose host may be asked from now on.
fn address(
    arguments: &ImportArguments,
    store: &TrustStore,
    output: &Output,
) -> Result<Option<FetchAddress>, Problem> {
    let Some(url) = &arguments.url else {
        return Ok(None);
    };
    let address =
        FetchAddress::parse(url).map_err(|fault| output.problem(fault.code(), &[]).detailed(&fault))?;
    let is_usual = address.port() == address.scheme().default_port();
    let host = if is_usual {
        address.host().to_string()
    } else {
        format!("{}:{}", address.host(), address.port())
    };
    let hosts = store.hosts().map_err(|error| problem(&error, output))?;
    // One that a bundle brought is from now on also named here.
    let is_private = hosts.iter().any(|(known, private)| *known == host && *private);
    store
        .allow_host(&host, is_private)
        .map_err(|error| problem(&error, output))?;
    Ok(Some(address))
}

fn certificates(file: &Path, output: &Output) -> Result<Vec<Certificate>, Problem> {
    load_certificates(file).map_err(|error| Problem::trust(output.messages(), &error))
}

/// What a file is by its content, where that leaves no doubt.
fn guess(file: &Path, output: &Output) -> Result<FileKind, Problem> {
    let path = file.display().to_string();
    let unknown = || output.problem("store-file-kind", &[("path", Arg::Text(&path))]);
    if file.is_dir() {
        return Err(unknown());
    }
    let bytes = read(file, output)?;
    if bytes.starts_with(BUNDLE_START) {
        return Ok(FileKind::Bundle);
    }
    let text = bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&bytes)
        .trim_ascii_start();
    if text.starts_with(b"<") {
        return Ok(FileKind::List);
    }
    let is_crl = read_crl(file).is_ok_and(|lists| {
        lists
            .iter()
            .all(|der| varco::trust::RevocationList::parse(der).is_ok())
    });
    match (load_certificates(file), is_crl) {
        (Ok(found), false) if found.iter().all(Certificate::is_ca) => Ok(FileKind::Anchor),
        (Err(_), true) => Ok(FileKind::Crl),
        _ => Err(unknown()),
    }
}

/// Reads a regular file, up to the length of the longest bundle and a byte.
fn read(file: &Path, output: &Output) -> Result<Vec<u8>, Problem> {
    open(file, output).map(|(_, bytes)| bytes)
}

/// A file's bytes, and what is known of it while it is open.
fn open(file: &Path, output: &Output) -> Result<(Metadata, Vec<u8>), Problem> {
    let unreadable = |error| Problem::file(output.messages(), "file-unreadable", file, &error);
    // Anything but a file, such as a pipe, could keep the reader waiting.
    if !std::fs::metadata(file).map_err(unreadable)?.is_file() {
        return Err(unreadable(std::io::ErrorKind::InvalidInput.into()));
    }
    let opened = File::open(file).map_err(unreadable)?;
    let about = opened.metadata().map_err(unreadable)?;
    let most = u64::try_from(BUNDLE_LENGTH_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    opened.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok((about, bytes))
}
