//! `varco pin` as clap reads it. No option takes a PIN or a PUK.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{CscaArguments, EntryArguments, ReaderArguments};

#[derive(Args)]
pub(crate) struct PinArguments {
    #[command(subcommand)]
    pub(crate) command: PinCommand,
}

#[derive(Subcommand)]
pub(crate) enum PinCommand {
    /// Tell how many tries PIN and PUK have left. Needs no PIN and spends no try.
    Status(ReaderArguments),
    /// Change the PIN: asks for the present one, then for the new one.
    Change(Box<NewPinArguments>),
    /// Unblock the PIN, or replace a forgotten one: asks for the PUK, then for a new PIN.
    Unblock(Box<NewPinArguments>),
}

/// What a change and an unblocking have in common.
#[derive(Args)]
pub(crate) struct NewPinArguments {
    #[command(flatten)]
    pub(crate) reader: ReaderArguments,
    #[command(flatten)]
    pub(crate) entry: EntryArguments,
    #[command(flatten)]
    pub(crate) csca: CscaArguments,
    /// Judge an identity card's signer as of this instant instead of now.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<String>,
    /// The PIN of the key for qualified signatures, which some CNS have, instead of the one that logs in.
    #[arg(long)]
    pub(crate) signature_pin: bool,
    /// Send the code even if it is the last try. With the last try of a PUK the card itself is at stake.
    #[arg(long)]
    pub(crate) allow_last_try: bool,
    /// Send no code where the card does not tell how many tries are left.
    #[arg(long)]
    pub(crate) require_known_tries: bool,
    /// Record what is said to the card into this new file, without codes and data.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}
