//! `varco bench record-card` and `compare` as clap reads them.
//!
//! Not here: what they do (`bench`).

use std::path::PathBuf;

use clap::Args;

use crate::arguments::ReaderArguments;

/// `varco bench record-card`.
#[derive(Args)]
pub(crate) struct RecordCardArguments {
    #[command(flatten)]
    pub(crate) reader: ReaderArguments,
    /// The recording's name: up to 64 letters, digits, . - and _.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Write the recording into this new folder. It can be played as any profile's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// A bench file: its reader is meant, and the card must be one that it names by its serial. What it permits to be spent is
    /// not needed: recording spends nothing.
    #[arg(long, value_name = "FILE", conflicts_with = "reader")]
    pub(crate) bench: Option<PathBuf>,
}

/// `varco bench compare`.
#[derive(Args)]
pub(crate) struct CompareArguments {
    #[command(flatten)]
    pub(crate) reader: ReaderArguments,
    /// With what the card in --reader is compared: a virtual card, by a name of `varco emulate --list` or a profile's folder; or
    /// reader:NAME, the card in another reader.
    #[arg(long, value_name = "PROFILE|DIR|reader:NAME")]
    pub(crate) with: String,
    /// The folder of the recording that is played in a reader: what it has other than its card is then told apart. Not needed
    /// where the folder itself is named by --with or --reader.
    #[arg(long, value_name = "DIR")]
    pub(crate) recording: Option<PathBuf>,
}
