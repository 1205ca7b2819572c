//! A record that is added to: `varco audit init`, `checkpoint` and `rotate`, and the one that a login names.
//!
//! Not here: making its keys (`keys`).

use std::path::Path;

use serde_json::{Value, json};
use varco::records::audit::{
    AuditKeys, AuditLog, AuditorPublicKey, Checkpoint, CheckpointKey, NoRandomness, PseudonymKey, Recovered,
    Settings, Sources, read_public, read_secret,
};
use varco::steps::Timestamp;
use varco_messages::Arg;

use super::keys::{AUDITOR_PUBLIC_KEY, CHECKPOINT_KEY, PSEUDONYM_KEY};
use super::{failed, read_key};
use crate::arguments::{LogArguments, RotateArguments, WrittenArguments};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

/// The record that a login names, opened to be added to; none where none is named.
pub(crate) fn open_log(arguments: &LogArguments, output: &Output) -> Result<Option<AuditLog>, Problem> {
    let (Some(folder), Some(keys)) = (&arguments.audit, &arguments.audit_keys) else {
        return Ok(None);
    };
    open(folder, keys, output).map(Some)
}

fn open(folder: &Path, keys: &Path, output: &Output) -> Result<AuditLog, Problem> {
    let keys = read_keys(keys, output)?;
    let opened = AuditLog::open(folder, keys, Settings::default(), sources());
    let log = opened.map_err(|error| failed(&error, output))?;
    if let Some(recovered) = log.recovered() {
        let record = recovered.sequence.to_string();
        output.note(&output.say("audit-recovered", &[("record", Arg::Text(&record))]));
    }
    Ok(log)
}

pub(super) fn init(arguments: &WrittenArguments, output: &Output) -> Result<Exit, Problem> {
    let keys = read_keys(&arguments.audit_keys, output)?;
    let created = AuditLog::create(&arguments.audit, keys, Settings::default(), sources());
    let checkpoint = created.and_then(AuditLog::close);
    let checkpoint = checkpoint.map_err(|error| failed(&error, output))?;
    let path = arguments.audit.display().to_string();
    let said = output.say("audit-made", &[("path", Arg::Text(&path))]);
    tell(&checkpoint, None, Some(&said), output);
    Ok(Exit::Done)
}

pub(super) fn checkpoint(arguments: &WrittenArguments, output: &Output) -> Result<Exit, Problem> {
    let log = open(&arguments.audit, &arguments.audit_keys, output)?;
    let checkpoint = log.checkpoint().map_err(|error| failed(&error, output))?;
    tell(&checkpoint, log.recovered().as_ref(), None, output);
    Ok(Exit::Done)
}

pub(super) fn rotate(arguments: &RotateArguments, output: &Output) -> Result<Exit, Problem> {
    let new = read_keys(&arguments.new_keys, output)?;
    let log = open(&arguments.written.audit, &arguments.written.audit_keys, output)?;
    let checkpoint = log.rotate(new).map_err(|error| failed(&error, output))?;
    let said = output.say("audit-rotated", &[]);
    tell(&checkpoint, log.recovered().as_ref(), Some(&said), output);
    Ok(Exit::Done)
}

/// A checkpoint alone is a line that can go into a file as it is.
fn tell(checkpoint: &Checkpoint, recovered: Option<&Recovered>, said: Option<&str>, output: &Output) {
    match output.format() {
        Format::Json => output.json(json!({
            "audit_checkpoint": checkpoint_json(checkpoint),
            "recovered": recovered.map(recovered_json),
        })),
        Format::Text => {
            if let Some(said) = said {
                output.line(said);
                output.line(&output.say("audit-keep-checkpoint", &[]));
            }
            output.line(&checkpoint.to_string());
        }
    }
}

pub(super) fn checkpoint_json(checkpoint: &Checkpoint) -> Value {
    json!({
        "text": checkpoint.to_string(),
        "log": checkpoint.log.to_string(),
        "record": checkpoint.sequence,
        "hash": checkpoint.hash.to_string(),
        "at": checkpoint.at.to_string(),
        "key": checkpoint.key.to_string(),
    })
}

fn recovered_json(recovered: &Recovered) -> Value {
    let torn = recovered
        .torn
        .iter()
        .map(|torn| json!({ "file": torn.file, "bytes": torn.bytes, "sha256": torn.sha256.to_string() }));
    json!({
        "record": recovered.sequence,
        "unacknowledged": recovered.unacknowledged,
        "torn": torn.collect::<Vec<_>>(),
    })
}

fn read_keys(folder: &Path, output: &Output) -> Result<AuditKeys, Problem> {
    let path = |name: &str| folder.join(name);
    Ok(AuditKeys {
        checkpoint: read_key(
            &path(CHECKPOINT_KEY),
            read_secret,
            CheckpointKey::from_pem,
            output,
        )?,
        pseudonym: read_key(&path(PSEUDONYM_KEY), read_secret, PseudonymKey::parse, output)?,
        auditor: read_key(
            &path(AUDITOR_PUBLIC_KEY),
            read_public,
            AuditorPublicKey::parse,
            output,
        )?,
    })
}

fn sources() -> Sources {
    Sources {
        now: Box::new(Timestamp::now),
        random: Box::new(|bytes| {
            for chunk in bytes.chunks_mut(32) {
                let fresh = varco::random().map_err(|_| NoRandomness)?;
                for (place, byte) in chunk.iter_mut().zip(fresh) {
                    *place = byte;
                }
            }
            Ok(())
        }),
    }
}
