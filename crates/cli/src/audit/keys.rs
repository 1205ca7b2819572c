//! `varco audit keys`: the keys of a record of decisions, all of them or none.
//!
//! Not here: using them (`written`, `verify`, `read`).

use std::fs::{DirBuilder, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use varco::records::audit::{
    AuditError, AuditorKey, CheckpointKey, PseudonymKey, write_public, write_secret,
};
use varco_messages::Arg;
use zeroize::Zeroizing;

use super::{failed, problem_at};
use crate::arguments::AuditKeysArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::ownership::is_ours;
use crate::problem::Problem;

/// The files in the folder of keys.
pub(super) const CHECKPOINT_KEY: &str = "checkpoint.pem";
pub(super) const PSEUDONYM_KEY: &str = "pseudonym.key";
pub(super) const AUDITOR_PUBLIC_KEY: &str = "auditor.pub";
const CHECKPOINT_PUBLIC_KEY: &str = "checkpoint.pub";
/// The file in the auditor's.
const AUDITOR_KEY: &str = "auditor.key";

/// Write permission of group or others.
const OTHERS_WRITE: u32 = 0o022;

pub(super) fn run(arguments: &AuditKeysArguments, output: &Output) -> Result<Exit, Problem> {
    let (folder, apart) = (&arguments.folder, &arguments.auditor_dir);
    let mut made = Made::default();
    let done = make(folder, apart, &mut made, output);
    if done.is_err() {
        made.take_back();
    }
    let fresh = done?;
    let path = |name: &str| folder.join(name).display().to_string();
    let auditor = apart.join(AUDITOR_KEY).display().to_string();
    match output.format() {
        Format::Json => output.json(json!({ "audit_keys": {
            "folder": folder.display().to_string(),
            "checkpoint": { "secret": path(CHECKPOINT_KEY), "public": path(CHECKPOINT_PUBLIC_KEY), "id": fresh.checkpoint },
            "pseudonym": { "secret": path(PSEUDONYM_KEY), "id": fresh.pseudonym },
            "auditor": { "secret": auditor, "public": path(AUDITOR_PUBLIC_KEY), "id": fresh.auditor },
        }})),
        Format::Text => {
            let say = |code: &str, path: &str| output.line(&output.say(code, &[("path", Arg::Text(path))]));
            say("audit-keys-made", &folder.display().to_string());
            say("audit-keys-public", &path(CHECKPOINT_PUBLIC_KEY));
            say("audit-keys-auditor", &auditor);
        }
    }
    Ok(Exit::Done)
}

/// What names the keys that were made.
struct Fresh {
    checkpoint: String,
    pseudonym: String,
    auditor: String,
}

/// What was made, to be taken back where not all of it could be.
#[derive(Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    /// What stays behind nevertheless is told by the next attempt, which writes over nothing.
    fn take_back(&self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn make(folder: &Path, apart: &Path, made: &mut Made, output: &Output) -> Result<Fresh, Problem> {
    for path in [folder, apart] {
        prepare_folder(path, made, output)?;
    }
    // By what they are, and not by how they are called.
    let real =
        |path: &Path| std::fs::canonicalize(path).map_err(|error| failed(&read_error(path, &error), output));
    if real(apart)?.starts_with(real(folder)?) {
        return Err(output.problem("audit-keys-together", &[]));
    }
    let random = || {
        varco::random()
            .map(Zeroizing::new)
            .map_err(|error| Problem::start(output.messages(), &error))
    };
    let pem = CheckpointKey::pem_of_seed(&*random()?);
    let pseudonym = PseudonymKey::from_bytes(random()?);
    let auditor = AuditorKey::from_bytes(random()?);
    let defect = |error| output.problem("defect", &[]).detailed(&error);
    let checkpoint = CheckpointKey::from_pem(&pem).map_err(defect)?.public();
    let to_auditor = auditor.public().map_err(defect)?;
    type Write = fn(&Path, &str) -> Result<(), AuditError>;
    let files: [(PathBuf, Write, Zeroizing<String>); 5] = [
        (folder.join(CHECKPOINT_KEY), write_secret, pem),
        (
            folder.join(CHECKPOINT_PUBLIC_KEY),
            write_public,
            checkpoint.to_text().into(),
        ),
        (folder.join(PSEUDONYM_KEY), write_secret, pseudonym.to_text()),
        (
            folder.join(AUDITOR_PUBLIC_KEY),
            write_public,
            to_auditor.to_text().into(),
        ),
        (apart.join(AUDITOR_KEY), write_secret, auditor.to_text()),
    ];
    for (path, ..) in &files {
        // A link that leads nowhere is something too.
        if path.symlink_metadata().is_ok() {
            return Err(problem_at("audit-file-exists", path, output));
        }
    }
    for (path, write, text) in &files {
        write_one(path, *write, text, made, output)?;
    }
    for path in [folder, apart] {
        let synced = File::open(path).and_then(|folder| folder.sync_all());
        synced.map_err(|error| failed(&write_error(path, &error), output))?;
    }
    Ok(Fresh {
        checkpoint: checkpoint.id().to_string(),
        pseudonym: pseudonym.id().to_string(),
        auditor: to_auditor.id().to_string(),
    })
}

fn write_one(
    path: &Path,
    write: fn(&Path, &str) -> Result<(), AuditError>,
    text: &str,
    made: &mut Made,
    output: &Output,
) -> Result<(), Problem> {
    let written = write(path, text);
    match &written {
        // It is somebody else's, and stays.
        Err(AuditError::Write {
            kind: ErrorKind::AlreadyExists,
            ..
        }) => return Err(problem_at("audit-file-exists", path, output)),
        _ => made.files.push(path.to_path_buf()),
    }
    written.map_err(|error| failed(&error, output))
}

/// A folder for its owner alone where none is; one that is there must be of nobody else.
fn prepare_folder(path: &Path, made: &mut Made, output: &Output) -> Result<(), Problem> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => made.folders.push(path.to_path_buf()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(&write_error(path, &error), output)),
    }
    let about = std::fs::metadata(path).map_err(|error| failed(&read_error(path, &error), output))?;
    if !about.is_dir() || !is_ours(&about) || about.mode() & OTHERS_WRITE != 0 {
        return Err(failed(&AuditError::Unsafe(path.to_path_buf()), output));
    }
    Ok(())
}

fn read_error(path: &Path, error: &std::io::Error) -> AuditError {
    AuditError::Read {
        path: path.to_path_buf(),
        kind: error.kind(),
    }
}

fn write_error(path: &Path, error: &std::io::Error) -> AuditError {
    AuditError::Write {
        path: path.to_path_buf(),
        kind: error.kind(),
    }
}
