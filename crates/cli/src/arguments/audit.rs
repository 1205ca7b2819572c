//! The options of `varco audit`, and those by which a login names the record of decisions.
//!
//! Not here: what the commands do (`audit`).

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The record in which decisions are put down.
#[derive(Args, Default)]
pub(crate) struct LogArguments {
    /// Record the decision in this folder, made by `varco audit init`. What cannot be recorded is denied.
    #[arg(long, value_name = "DIR", requires = "audit_keys")]
    pub(crate) audit: Option<PathBuf>,
    /// The folder of the keys that recording needs, made by `varco audit keys`. Not the folder of the record.
    #[arg(long, value_name = "DIR")]
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
    /// Make an empty record in a new folder.
    Init(LogArguments),
}
