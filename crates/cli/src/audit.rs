//! `varco audit`: the record of decisions.
//!
//! Not here: the record itself (the library's), and what is decided (`login`).

use std::path::Path;

use varco::records::audit::{
    AuditError, AuditKeys, AuditLog, AuditorPublicKey, CheckpointKey, NoRandomness, PseudonymKey, Settings,
    Sources, read_public, read_secret,
};
use varco::steps::Timestamp;

use crate::arguments::{AuditArguments, AuditCommand, LogArguments};
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::Problem;

/// The files in the folder of keys.
const CHECKPOINT_KEY: &str = "checkpoint.pem";
const PSEUDONYM_KEY: &str = "pseudonym.key";
const AUDITOR_PUBLIC_KEY: &str = "auditor.pub";

pub(crate) fn run(arguments: &AuditArguments, output: &Output) -> Exit {
    let AuditCommand::Init(_) = &arguments.command;
    output.fail(&output.problem("defect", &[]))
}

/// The record that a login names, opened to be added to; none where none is named.
pub(crate) fn open_log(arguments: &LogArguments, output: &Output) -> Result<Option<AuditLog>, Problem> {
    let (Some(folder), Some(keys)) = (&arguments.audit, &arguments.audit_keys) else {
        return Ok(None);
    };
    let opened =
        read_keys(keys).and_then(|keys| AuditLog::open(folder, keys, Settings::default(), sources()));
    opened.map(Some).map_err(|error| failed(&error, output))
}

fn read_keys(folder: &Path) -> Result<AuditKeys, AuditError> {
    Ok(AuditKeys {
        checkpoint: CheckpointKey::from_pem(&read_secret(&folder.join(CHECKPOINT_KEY))?)?,
        pseudonym: PseudonymKey::parse(&read_secret(&folder.join(PSEUDONYM_KEY))?)?,
        auditor: AuditorPublicKey::parse(&read_public(&folder.join(AUDITOR_PUBLIC_KEY))?)?,
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

fn failed(error: &AuditError, output: &Output) -> Problem {
    output.problem(error.code(), &[]).detailed(error)
}
