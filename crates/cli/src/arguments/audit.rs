//! The options of `varco audit`, and those by which a decision's record is named elsewhere.
//!
//! Not here: what the commands do (`audit`).

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The record in which decisions are put down.
#[derive(Args, Default)]
pub(crate) struct LogArguments {
    /// Record the decision in this folder, made by `varco audit init`. What cannot be recorded is denied.
    #[arg(long, value_name = "DIR", requires = "audit_keys")]
    pub(crate) audit: Option<PathBuf>,
    /// The folder of the keys that recording needs, made by `varco audit keys`. Not the folder of the record.
    #[arg(long, value_name = "DIR", requires = "audit")]
    pub(crate) audit_keys: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct AuditArguments {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

/// What is done with a record of decisions.
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Make the keys: those of the program that decides in one folder, the auditor's private key in another, to be taken
    /// away.
    Keys(AuditKeysArguments),
    /// Make an empty record in a new folder.
    Init(WrittenArguments),
    /// Check that a record is what was written. Needs public keys alone.
    Verify(AuditVerifyArguments),
    /// Put a signed checkpoint into the record and write it out, to be kept elsewhere.
    Checkpoint(WrittenArguments),
    /// Use other keys from here on.
    Rotate(RotateArguments),
    /// Tell who it was, by the auditor's private key.
    Open(OpenArguments),
    /// Find the decisions about a person, or for that person, by the pseudonym key.
    Find(FindArguments),
    /// Write the decisions out; with the auditor's private key, who it was as well.
    Export(ExportArguments),
}

#[derive(Args)]
pub(crate) struct AuditKeysArguments {
    /// The folder for the program that decides: checkpoint.pem, checkpoint.pub, pseudonym.key, auditor.pub. Made if it is not
    /// there.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The folder for auditor.key, which opens what was sealed and is nothing that the program may have.
    #[arg(long, value_name = "DIR")]
    pub(crate) auditor_dir: PathBuf,
}

/// A record that is written to.
#[derive(Args)]
pub(crate) struct WrittenArguments {
    /// The folder of the record.
    #[arg(long, value_name = "DIR")]
    pub(crate) audit: PathBuf,
    /// The folder of its keys, made by `varco audit keys`.
    #[arg(long, value_name = "DIR")]
    pub(crate) audit_keys: PathBuf,
}

#[derive(Args)]
pub(crate) struct AuditVerifyArguments {
    /// The folder of the record.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// A checkpoint key that is believed (checkpoint.pub). Named for each that was ever in use, in that order: the last is the
    /// one in use now, by which the end of the record must be signed.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) key: Vec<PathBuf>,
    /// Checkpoints that were kept elsewhere, one a line. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct RotateArguments {
    #[command(flatten)]
    pub(crate) written: WrittenArguments,
    /// The folder of the keys that are used from here on, made by `varco audit keys`.
    #[arg(long, value_name = "DIR")]
    pub(crate) new_keys: PathBuf,
}

#[derive(Args)]
pub(crate) struct OpenArguments {
    /// The folder of the record.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The auditor's private key (auditor.key). Named for each that was in use.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) auditor_key: Vec<PathBuf>,
    /// Only the decision of this number. May be repeated.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) sequence: Vec<u64>,
}

#[derive(Args)]
pub(crate) struct FindArguments {
    /// The folder of the record.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Who is searched for.
    #[arg(long, value_name = "CODICE-FISCALE")]
    pub(crate) codice_fiscale: String,
    /// The pseudonym key (pseudonym.key). Named for each that was in use.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) pseudonym_key: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ExportArguments {
    /// The folder of the record.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// How they are written: a JSON object a line, or a table with commas.
    #[arg(long = "as", value_name = "FORM", default_value = "jsonl")]
    pub(crate) form: ExportForm,
    /// The auditor's private key (auditor.key), to write who it was. Named for each that was in use.
    #[arg(long, value_name = "FILE")]
    pub(crate) auditor_key: Vec<PathBuf>,
    /// A new file, for its owner alone. Without it, they go to standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// How decisions are written out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ExportForm {
    Jsonl,
    Csv,
}
