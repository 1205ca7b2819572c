//! `varco bench up` and `tell` as clap reads them.
//!
//! Not here: what they do (`bench`).

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// `varco bench up`.
#[derive(Args)]
pub(crate) struct UpArguments {
    /// A virtual card: a name of `varco emulate --list`, a profile's folder, or the card.toml in it. May be repeated. Without
    /// it, cns-st; in an NFC reader cie-nxp.
    #[arg(long, value_name = "PROFILE|DIR")]
    pub(crate) card: Vec<String>,
    /// The reader of each --card, in the same order; one for all of them, or as many as there are cards.
    #[arg(long, value_name = "KIND")]
    pub(crate) reader: Vec<BenchReader>,
    /// What breaks, as `fault` on the control socket takes it; one for all cards, or as many as there are.
    #[arg(long, value_name = "PLAN")]
    pub(crate) fault: Vec<String>,
    /// Write nothing but the environment, as lines for a shell.
    #[arg(long, conflicts_with_all = ["json", "run"])]
    pub(crate) print_env: bool,
    /// As root on Debian or Ubuntu: install first what is missing, also the package of COMMAND where it is known.
    #[arg(long)]
    pub(crate) install: bool,
    /// The command, and what it is given.
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) run: Vec<OsString>,
}

/// `varco bench tell`.
#[derive(Args)]
pub(crate) struct TellArguments {
    /// Which card, by its number.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) card: usize,
    /// The words.
    #[arg(required = true, value_name = "WORD")]
    pub(crate) words: Vec<String>,
}

/// A kind of virtual reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum BenchReader {
    /// A slot of a vpcd reader.
    Vpcd,
    /// A reader with a keypad, driven by libccid.
    PinPad,
    /// A PN532, for libnfc.
    Nfc,
}
