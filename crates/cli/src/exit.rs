//! The exit codes: published in docs/cli.md, stable.
//!
//! Not here: which error has which code (`problem`).

use std::process::{ExitCode, Termination};

/// How the program ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(
    dead_code,
    reason = "every number is published, also those that no command ends with yet"
)]
pub(crate) enum Exit {
    Done = 0,
    Denied = 10,
    Undecided = 11,
    WrongPin = 20,
    PinBlocked = 21,
    LastTry = 22,
    WrongForm = 23,
    PukBlocked = 24,
    EntryTimedOut = 25,
    InDoubt = 26,
    NoService = 30,
    NoReader = 31,
    NoCard = 32,
    CardNotRecognised = 33,
    CardRemoved = 34,
    SeveralCards = 35,
    ReaderBusy = 36,
    LinkFailed = 37,
    CertificateUnreadable = 38,
    NotTrusted = 40,
    OutsideValidity = 41,
    Revoked = 42,
    WrongPurpose = 43,
    KeyNotProven = 44,
    CardNotGenuine = 45,
    RevocationUnknown = 46,
    Suspended = 47,
    TrustMissing = 48,
    Cancelled = 50,
    Store = 60,
    NotChanged = 61,
    CasesFailed = 62,
    AuditAltered = 63,
    Usage = 64,
    ScenariosFailed = 65,
    RigError = 66,
    TracesDiffer = 67,
    Defect = 70,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}
