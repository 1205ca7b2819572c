//! `varco trace` as clap reads it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Args)]
pub(crate) struct TraceArguments {
    #[command(subcommand)]
    pub(crate) command: TraceCommand,
}

#[derive(Subcommand)]
pub(crate) enum TraceCommand {
    /// Tell what was said to a card, by the names of commands, files and keys.
    Show(TraceShowArguments),
    /// Compare two traces by what they mean.
    Diff(TraceDiffArguments),
    /// Write a trace as a capture that Wireshark and tshark decode.
    Export(TraceExportArguments),
    /// Make a redacted trace of a log of pcscd (`--apdu`) or OpenSC (`OPENSC_DEBUG=9`).
    Import(TraceImportArguments),
    /// Log in with a virtual card and record every byte, so that it can be replayed from its seed.
    #[cfg(feature = "played")]
    Record(TraceRecordArguments),
    /// Hold a recorded conversation again, and tell where it differs.
    #[cfg(feature = "played")]
    Replay(TraceReplayArguments),
}

#[cfg(feature = "played")]
#[derive(Args)]
pub(crate) struct TraceRecordArguments {
    /// The virtual card: played:PROFILE, PROFILE being a name or folder as `varco emulate` takes it. Of other cards no such trace is
    /// taken.
    #[arg(long, value_name = "played:PROFILE")]
    pub(crate) reader: String,
    /// Write the trace into this new file. It holds the test PIN, and the invented person of the card.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What all randomness follows from, of this program and of the card. Without it, a new one.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// What the clock says throughout. Without it, now.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<String>,
    /// Who asks for the login; the card signs it.
    #[arg(long, value_name = "TEXT", default_value = "varco-cli")]
    pub(crate) audience: String,
    /// The service that is wanted (see `varco services`), by the rules that are built in.
    #[arg(long, value_name = "ID")]
    pub(crate) service: Option<String>,
    /// A nonce of who asks, in Base64: 16 to 64 bytes. The card signs it.
    #[arg(long, value_name = "BASE64")]
    pub(crate) nonce: Option<String>,
    /// How the card signs: pkcs1 or pss.
    #[arg(long, value_name = "SCHEME", default_value = "pkcs1")]
    pub(crate) signature: super::Scheme,
    /// Also read the century of birth from the card's personal data.
    #[arg(long)]
    pub(crate) birth_date_from_card: bool,
    /// Type a wrong PIN. What is typed stands in the trace, so no other PINs than that of the virtual card and this one can be.
    #[arg(long)]
    pub(crate) wrong_pin: bool,
}

#[cfg(feature = "played")]
#[derive(Args)]
pub(crate) struct TraceReplayArguments {
    /// The trace.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Challenges, cryptograms, and what was left out of the trace, count by their lengths. A trace of a real card needs it.
    #[arg(long)]
    pub(crate) tolerant: bool,
    /// The profile's folder, or the card.toml in it, of a trace that was recorded of one.
    #[arg(long, value_name = "FOLDER", conflicts_with = "tolerant")]
    pub(crate) profile: Option<String>,
    /// Hold the shapes against a login with this virtual card, from the first command to the last.
    #[arg(long, value_name = "played:PROFILE", requires = "tolerant")]
    pub(crate) reader: Option<String>,
    /// That login has the card sign so: pkcs1 or pss.
    #[arg(long, value_name = "SCHEME", default_value = "pkcs1", requires = "reader")]
    pub(crate) signature: super::Scheme,
    /// That login also reads the century of birth from the card's personal data.
    #[arg(long, requires = "reader")]
    pub(crate) birth_date_from_card: bool,
}

#[derive(Args)]
pub(crate) struct TraceShowArguments {
    /// The trace.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct TraceDiffArguments {
    /// The first trace.
    #[arg(value_name = "FILE")]
    pub(crate) left: PathBuf,
    /// The second trace.
    #[arg(value_name = "OTHER")]
    pub(crate) right: PathBuf,
    /// Times that differ by an order of magnitude count as a difference too.
    #[arg(long)]
    pub(crate) timing: bool,
}

#[derive(Args)]
pub(crate) struct TraceExportArguments {
    /// The trace.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Write this new file, in the form pcapng.
    #[arg(long, value_name = "OUT")]
    pub(crate) pcapng: PathBuf,
    /// When the trace began. Without it, its times count from 1970-01-01.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) start: Option<String>,
}

#[derive(Args)]
pub(crate) struct TraceImportArguments {
    /// The log. It may hold PINs: keep it from others, and delete it when it is no longer needed.
    #[arg(value_name = "LOG")]
    pub(crate) log: PathBuf,
    /// Write the trace into this new file.
    #[arg(long, value_name = "OUT")]
    pub(crate) into: PathBuf,
    /// Which program wrote the log. Without it, the log is looked at.
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) from: Option<LogForm>,
}

/// Which program wrote a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum LogForm {
    /// pcscd with --apdu.
    Pcscd,
    /// OpenSC with `OPENSC_DEBUG`.
    Opensc,
}
