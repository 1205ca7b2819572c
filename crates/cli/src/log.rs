//! `--log-level`: what the program does, on standard error. Never data: only the crates of this project write here,
//! and they name commands, lengths and status words.
//!
//! The `log` crate is not bridged: certval writes names from certificates there.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Levels of `--log-level`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
            Level::Trace => Self::TRACE,
        }
    }
}

/// Starts it.
pub(crate) fn start(level: Level) {
    let ours = Targets::new().with_target("varco", LevelFilter::from(level));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(ours);
    // A second start would be refused; there is none.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}
