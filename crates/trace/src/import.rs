//! Logs of other programs as traces: of pcscd (`--apdu`) and of OpenSC (`OPENSC_DEBUG`).
//!
//! Such logs show everything, PINs too. What comes out here is redacted as a recording is: the rules are in `redact`.
//!
//! Not here: files, and who wrote a log; whoever has one says what it is, or lets [`LogKind::detect`] guess.

mod lines;
mod opensc;
mod pcscd;
mod redact;
#[cfg(test)]
mod tests;
mod weave;

use crate::said::Said;

/// The longest log.
pub const LOG_MAX_BYTES: usize = 256 << 20;

/// The longest line of a log; the longest command or answer in hexadecimal has 197 kB.
pub const LINE_MAX_BYTES: usize = 1 << 20;

/// The most commands and events of one log.
pub const SAID_MAX: usize = 200_000;

/// Which program wrote a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogKind {
    /// pcscd with `--apdu`, with `--debug` or without, on its standard output or in the system's journal.
    Pcscd,
    /// OpenSC with `OPENSC_DEBUG` of 3 or more.
    OpenSc,
}

impl LogKind {
    /// What it looks like: whose mark comes first.
    #[must_use]
    pub fn detect(log: &[u8]) -> Option<Self> {
        // Lines that are too long are refused when the log is read.
        lines::lines(log).filter_map(Result::ok).find_map(|(_, line)| {
            if opensc::announced(&line).is_some() {
                Some(Self::OpenSc)
            } else {
                pcscd::is_command(&line).then_some(Self::Pcscd)
            }
        })
    }
}

/// What came of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imported {
    /// What was said, redacted.
    pub said: Vec<Said>,
    /// Lines that announce a command or an answer and do not hold one, or do not follow one.
    pub left_out: u64,
}

/// Why a log was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImportError {
    /// More bytes than a log may have.
    #[error("the log has more than {LOG_MAX_BYTES} bytes")]
    TooLarge,
    /// A line with more bytes than one may have.
    #[error("line {line} has more than {LINE_MAX_BYTES} bytes")]
    LineTooLong {
        /// Counted from 1.
        line: usize,
    },
    /// More commands and events than a trace may have.
    #[error("line {line} is more than the {SAID_MAX} commands and events of a trace")]
    TooMany {
        /// Counted from 1.
        line: usize,
    },
    /// Nothing of a card is in it.
    #[error("no command to a card is in the log")]
    Nothing,
}

impl ImportError {
    /// Stable name of the text that tells it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::LineTooLong { .. } | Self::TooMany { .. } => "trace-log-too-large",
            Self::Nothing => "trace-log-nothing",
        }
    }
}

/// Reads a log.
///
/// # Errors
/// [`ImportError`]; then nothing of it is kept.
pub fn import(kind: LogKind, log: &[u8]) -> Result<Imported, ImportError> {
    if log.len() > LOG_MAX_BYTES {
        return Err(ImportError::TooLarge);
    }
    let imported = match kind {
        LogKind::Pcscd => pcscd::import(log),
        LogKind::OpenSc => opensc::import(log),
    }?;
    if imported.said.iter().any(|said| matches!(said, Said::Exchange(_))) {
        Ok(imported)
    } else {
        Err(ImportError::Nothing)
    }
}
