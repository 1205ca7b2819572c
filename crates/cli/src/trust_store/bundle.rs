//! `varco trust bundle`: the store in one signed file, and the keys for that.
//!
//! Not here: taking a bundle (`import`).

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use varco::steps::Timestamp;
use varco::trust::new_bundle_key;
use varco::trust::store::{BundleKey, TrustStore, open_bundle};
use varco_messages::Arg;

use super::problem;
use crate::arguments::BundleArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

/// Longest key file read, in bytes.
const KEY_LENGTH_MAX: u64 = 8192;

pub(super) fn run(store: &TrustStore, arguments: &BundleArguments, output: &Output) -> Exit {
    match make(store, arguments, output) {
        Ok(exit) => exit,
        Err(problem) => output.fail(&problem),
    }
}

fn make(store: &TrustStore, arguments: &BundleArguments, output: &Output) -> Result<Exit, Problem> {
    let (Some(out), Some(key)) = (&arguments.out, &arguments.key) else {
        return Err(Problem::usage(output.messages(), "--out, --key"));
    };
    let key = read_key(key, output)?;
    let bytes = store
        .bundle(&key, Timestamp::now())
        .map_err(|error| problem(&error, output))?;
    let unwritable = |error| Problem::file(output.messages(), "file-unwritable", out, &error);
    replace(out, &bytes).map_err(unwritable)?;
    let head = open_bundle(&bytes, &key.public());
    let head = head.map_err(|error| output.problem(error.code(), &[]).detailed(&error))?;
    let (path, number) = (out.display().to_string(), head.sequence.to_string());
    match output.format() {
        Format::Json => output.json(json!({ "bundle": {
            "path": path,
            "sequence": head.sequence,
            "created_at": head.created_at.to_string(),
            "length": bytes.len(),
        }})),
        Format::Text => {
            let arguments = [("path", Arg::Text(&path)), ("number", Arg::Text(&number))];
            output.line(&output.say("bundle-made", &arguments));
        }
    }
    Ok(Exit::Done)
}

/// Makes a key and writes its halves.
pub(super) fn new_key(path: &Path, output: &Output) -> Exit {
    match write_key(path, output) {
        Ok(public) => {
            let (path, public) = (path.display().to_string(), public.display().to_string());
            match output.format() {
                Format::Json => output.json(json!({ "bundle_key": { "path": path, "public": public } })),
                Format::Text => {
                    let arguments = [("path", Arg::Text(&path)), ("public", Arg::Text(&public))];
                    output.line(&output.say("bundle-key-made", &arguments));
                }
            }
            Exit::Done
        }
        Err(problem) => output.fail(&problem),
    }
}

fn write_key(path: &Path, output: &Output) -> Result<PathBuf, Problem> {
    let pem = new_bundle_key().ok_or_else(|| output.problem("no-randomness", &[]))?;
    let key = BundleKey::from_pkcs8(pem.as_bytes());
    let key = key.map_err(|error| output.problem("defect", &[]).detailed(&error))?;
    let public = with_ending(path, ".pub");
    if public.exists() {
        return Err(exists(&public, output));
    }
    let write = |path: &Path, mode: u32, text: &str| {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(mode).open(path);
        file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => exists(path, output),
                _ => Problem::file(output.messages(), "file-unwritable", path, &error),
            })
    };
    write(path, 0o600, &pem)?;
    write(&public, 0o644, &format!("{}\n", key.public().to_text()))?;
    Ok(public)
}

fn exists(path: &Path, output: &Output) -> Problem {
    let path = path.display().to_string();
    output.problem("bundle-key-exists", &[("path", Arg::Text(&path))])
}

fn read_key(path: &Path, output: &Output) -> Result<BundleKey, Problem> {
    let unreadable = |error| Problem::file(output.messages(), "file-unreadable", path, &error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(KEY_LENGTH_MAX)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let shown = path.display().to_string();
    BundleKey::from_pkcs8(&bytes).map_err(|error| {
        output
            .problem("bundle-key", &[("path", Arg::Text(&shown))])
            .detailed(&error)
    })
}

/// Whoever copies the file while it is written gets the one before or this one.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = with_ending(path, ".new");
    let mut file = File::create(&new)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let renamed = written.and_then(|()| std::fs::rename(&new, path));
    if renamed.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    renamed
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
