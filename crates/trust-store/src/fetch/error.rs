//! Why something was not fetched, and what can be done about it.
//!
//! Not here: the words for people, which the crate `messages` says by code.

use std::io::ErrorKind;

use varco_pki::Timestamp;

use super::address::{AddressFault, FetchAddress};
use super::retry_after::RetryAfter;

/// Why something was not fetched: from where, and what happened.
///
/// The address is shown without its query. No byte of an answer is ever in here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", shown(address.as_ref()))]
pub struct FetchError {
    /// None where the text was no address.
    address: Option<FetchAddress>,
    problem: FetchProblem,
}

fn shown(address: Option<&FetchAddress>) -> String {
    address.map_or_else(|| "an address".to_owned(), ToString::to_string)
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchProblem {
    /// The text is no address to fetch from.
    #[error("{0}")]
    Address(#[from] AddressFault),
    /// The host is not among those that may be asked.
    #[error("the host is not among those that may be asked")]
    HostNotAllowed,
    /// The host may be asked, but not at this port.
    #[error("the host may not be asked at this port")]
    PortNotAllowed,
    /// All that the name leads to is inside a network or on this machine.
    #[error("the host has no public address ({0})")]
    AddressNotPublic(&'static str),
    /// The name leads nowhere.
    #[error("no address was found for the host's name")]
    NameNotFound,
    /// No connection was made.
    #[error("no connection was made ({0})")]
    NotConnected(ErrorKind),
    /// It took too long.
    #[error("it took too long {0}")]
    TimedOut(Phase),
    /// The body is longer than the kind may be.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// Most bytes of this kind.
        limit: u64,
    },
    /// The head of the answer is too long.
    #[error("the head of the answer is too long")]
    HeadTooLarge,
    /// A redirect led where nothing is fetched from.
    #[error("the answer leads elsewhere: {0}")]
    Redirected(RedirectFault),
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted")]
    ServerNotTrusted,
    /// TLS failed for another reason.
    #[error("TLS failed")]
    Tls,
    /// The system has no certificates by which to trust a server.
    #[error("the system has no certificates to trust a server by")]
    NoRoots,
    /// The server answered with another status than was hoped for.
    #[error("the server answered with status {status}")]
    Status {
        /// The status (RFC 9110 §15).
        status: u16,
        /// When the server wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// The answer says it is something else.
    #[error("the answer is of another type")]
    ContentType,
    /// The answer is compressed, which was not asked for.
    #[error("the answer is compressed, which was not asked for")]
    Compressed,
    /// The answer is no HTTP.
    #[error("the answer is no HTTP")]
    NotHttp,
    /// The connection ended before the answer did.
    #[error("the connection ended before the answer did ({0})")]
    CutShort(ErrorKind),
    /// The caller wanted no more.
    #[error("it was cancelled")]
    Cancelled,
    /// It failed before, and is not tried again yet.
    #[error("it failed before and is not tried before {until}")]
    BackingOff {
        /// When it may be tried.
        until: Timestamp,
    },
    /// An OCSP request that is empty or longer than 64 KiB.
    #[error("the request is empty or longer than 64 KiB")]
    Request,
    /// The file by which processes wait for each other could not be used.
    #[error("the lock file cannot be used ({0})")]
    Lock(ErrorKind),
    /// Too much of the same is waiting already.
    #[error("too many fetches are waiting already")]
    Busy,
}

/// What was waited for when it took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Phase {
    /// For the address of a name.
    #[error("to find the host by its name")]
    Name,
    /// For a connection, TLS included.
    #[error("to connect")]
    Connect,
    /// For the request to leave.
    #[error("to send the request")]
    Send,
    /// For the next bytes.
    #[error("to hear anything more")]
    Idle,
    /// For all of it.
    #[error("altogether")]
    Overall,
    /// For another thread or process that fetches the same.
    #[error("to wait for another fetch of the same")]
    Other,
}

/// Why a redirect was not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectFault {
    /// More than three in a row, or a loop.
    #[error("too many times")]
    TooMany,
    /// It does not say where.
    #[error("it does not say where to")]
    Nowhere,
    /// The target is no address to fetch from.
    #[error("{0}")]
    Address(AddressFault),
    /// The host or port is not among those that may be asked.
    #[error("to {0}, which may not be asked")]
    NotAllowed(FetchAddress),
    /// The target's addresses are not public.
    #[error("to {0}, which has no public address")]
    NotPublic(FetchAddress),
    /// From https to http.
    #[error("from https down to http")]
    Downgrade,
    /// A request with a body would become one without.
    #[error("to a place where the request cannot be sent again")]
    NotRepeatable,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Try again later, or another address of the same.
    TryLater,
    /// Another address of the same: this one will not change by waiting.
    TryElsewhere,
    /// Whoever runs this has to allow the host, if it is to be trusted to be asked.
    Allow,
    /// Whoever runs this has to look at the system: its certificates, its clock, its folders.
    CheckSystem,
    /// Nothing: it was wanted.
    None,
}

impl FetchError {
    pub(crate) fn new(address: &FetchAddress, problem: FetchProblem) -> Self {
        Self {
            address: Some(address.clone()),
            problem,
        }
    }

    pub(crate) fn no_address(fault: AddressFault) -> Self {
        Self {
            address: None,
            problem: FetchProblem::Address(fault),
        }
    }

    /// From where: the address that was asked for, whatever it led to.
    #[must_use]
    pub fn address(&self) -> Option<&FetchAddress> {
        self.address.as_ref()
    }

    /// What happened.
    #[must_use]
    pub fn problem(&self) -> &FetchProblem {
        &self.problem
    }

    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.problem.code()
    }

    /// What can be done.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        self.problem.remedy()
    }
}

impl FetchProblem {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address(fault) => fault.code(),
            Self::HostNotAllowed => "fetch-host-not-allowed",
            Self::PortNotAllowed => "fetch-port-not-allowed",
            Self::AddressNotPublic(_) => "fetch-address-not-public",
            Self::NameNotFound => "fetch-name-not-found",
            Self::NotConnected(_) => "fetch-not-connected",
            Self::TimedOut(_) => "fetch-timed-out",
            Self::TooLarge { .. } | Self::HeadTooLarge => "fetch-too-large",
            Self::Redirected(_) => "fetch-redirected-outside",
            Self::ServerNotTrusted => "fetch-server-not-trusted",
            Self::Tls => "fetch-tls",
            Self::NoRoots => "fetch-no-roots",
            Self::Status { .. } => "fetch-status",
            Self::ContentType | Self::Compressed => "fetch-content-type",
            Self::NotHttp => "fetch-not-http",
            Self::CutShort(_) => "fetch-cut-short",
            Self::Cancelled => "fetch-cancelled",
            Self::BackingOff { .. } => "fetch-backing-off",
            Self::Request => "fetch-request",
            Self::Lock(_) => "fetch-lock",
            Self::Busy => "fetch-busy",
        }
    }

    /// What can be done.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::NameNotFound
            | Self::NotConnected(_)
            | Self::TimedOut(_)
            | Self::Tls
            | Self::NotHttp
            | Self::CutShort(_)
            | Self::BackingOff { .. }
            | Self::Busy => Remedy::TryLater,
            Self::Status { status, .. } if *status >= 500 || matches!(status, 408 | 425 | 429) => {
                Remedy::TryLater
            }
            Self::HostNotAllowed | Self::PortNotAllowed => Remedy::Allow,
            Self::Redirected(RedirectFault::NotAllowed(_)) => Remedy::Allow,
            Self::ServerNotTrusted | Self::NoRoots | Self::Lock(_) => Remedy::CheckSystem,
            Self::Cancelled => Remedy::None,
            Self::Address(_)
            | Self::AddressNotPublic(_)
            | Self::TooLarge { .. }
            | Self::HeadTooLarge
            | Self::Redirected(_)
            | Self::Status { .. }
            | Self::ContentType
            | Self::Compressed
            | Self::Request => Remedy::TryElsewhere,
        }
    }

    /// Whether the address itself failed, and is to be left alone for a while ([`super::Backoff`]); not so where it was not
    /// asked, or nobody wanted the answer any more.
    #[must_use]
    pub fn counts_as_failure(&self) -> bool {
        !matches!(
            self,
            Self::BackingOff { .. }
                | Self::HostNotAllowed
                | Self::PortNotAllowed
                | Self::AddressNotPublic(_)
                | Self::Cancelled
                | Self::NoRoots
                | Self::Request
                | Self::Lock(_)
                | Self::Busy
        )
    }

    /// When the server wants to be asked again, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The same, met behind a redirect to this address.
    pub(crate) fn behind_redirect(self, to: &FetchAddress) -> Self {
        match self {
            Self::HostNotAllowed | Self::PortNotAllowed => {
                Self::Redirected(RedirectFault::NotAllowed(to.clone()))
            }
            Self::AddressNotPublic(_) => Self::Redirected(RedirectFault::NotPublic(to.clone())),
            other => other,
        }
    }
}
