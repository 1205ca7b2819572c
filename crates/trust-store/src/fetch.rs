//! Fetching of revocation lists, OCSP answers and trusted lists: the only place of varco that opens a network connection.
//!
//! # What it does not do
//! It does not judge what comes back: signatures, dates and numbers are `varco-pki`'s. It keeps nothing, and starts
//! nothing by itself. There is no async, no proxy, no cookie, no decompression.
//!
//! # Where to start
//! [`FetchRules`] say who may be asked, [`Fetcher`] asks. [`Backoff`] and [`FetchLock`] are for the store around it.
//!
//! # Invariants
//! - Addresses come out of certificates and are hostile, even after a chain was judged. A host is asked only when
//!   configuration or an anchor named it, at addresses of the public Internet only, and a redirect passes the same rules.
//! - The name is looked up once, and the address that was checked is the one connected to.
//! - Every body has a cap, every wait an end, and every fetch can be cancelled.
//! - No error repeats a query, a user name or a byte of an answer.
//!
//! # Example
//! ```
//! use varco_trust_store::fetch::{AllowedHost, Cancel, FetchKind, FetchRules, Fetcher};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let rules = FetchRules::new([AllowedHost::parse("crl.example.it")?]);
//! let fetcher = Fetcher::new(rules);
//! let refused = fetcher
//!     .get("http://169.254.169.254/latest", FetchKind::Crl, None, &Cancel::default(), &mut |_| ())
//!     .unwrap_err();
//! assert_eq!(refused.code(), "fetch-host-not-allowed");
//! # Ok(())
//! # }
//! ```

mod address;
mod backoff;
mod cancel;
mod error;
mod exchange;
mod flight;
mod lock;
mod look_up;
mod public_address;
mod retry_after;
mod rules;
mod transport;
mod validators;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

pub use address::{ADDRESS_LENGTH_MAX, AddressFault, FetchAddress, Host, Scheme};
pub use backoff::Backoff;
pub use cancel::Cancel;
pub use error::{FetchError, FetchProblem, Phase, RedirectFault, Remedy};
pub use lock::FetchLock;
pub(crate) use lock::open_lock;
pub use public_address::why_not_public;
pub use retry_after::RetryAfter;
pub use rules::{
    AllowedHost, CRL_LENGTH_MAX, FetchKind, FetchLimits, FetchRules, HOSTS_MAX, LIST_LENGTH_MAX,
    OCSP_LENGTH_MAX, REDIRECTS_MAX, Reach,
};
pub use validators::Validators;

use exchange::{Means, Wanted};
use flight::Flights;
use look_up::LookUps;
use transport::Roots;

/// Longest OCSP request, in bytes.
const REQUEST_LENGTH_MAX: usize = 64 * 1024;
/// Most certificates by which servers are trusted.
const ROOTS_MAX: usize = 2048;

/// How far a fetch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the body so far.
    pub received: u64,
    /// Bytes of all of it, where the server announced them: its word, and no more.
    pub total: Option<u64>,
}

/// What was fetched. Its `Debug` shows the length, not the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    body: Vec<u8>,
    validators: Validators,
    from: FetchAddress,
}

impl Answer {
    /// The bytes, as they came.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What to ask by the next time.
    #[must_use]
    pub fn validators(&self) -> &Validators {
        &self.validators
    }

    /// Where it came from in the end, after redirects.
    #[must_use]
    pub fn from(&self) -> &FetchAddress {
        &self.from
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("length", &self.body.len())
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// What came of a fetch that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is here. Threads that wanted the same at once share it.
    New(Arc<Answer>),
    /// Nothing has changed since the version of the validators.
    NotModified,
}

/// Fetches by its rules. One for the process: threads share it, and a fetch that two of them want is made once.
pub struct Fetcher {
    rules: FetchRules,
    /// Read from the system when TLS first needs them, unless they were given.
    roots: OnceLock<Roots>,
    look_ups: LookUps,
    flights: Flights<Wanted, Fetched>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that trusts TLS servers by the certificates of the system.
    #[must_use]
    pub fn new(rules: FetchRules) -> Self {
        Self {
            rules,
            roots: OnceLock::new(),
            look_ups: LookUps::default(),
            flights: Flights::default(),
        }
    }

    /// A fetcher that trusts TLS servers by these certificates alone, in DER.
    #[must_use]
    pub fn with_roots(rules: FetchRules, roots: &[Vec<u8>]) -> Self {
        let roots = Roots::new(roots.iter().take(ROOTS_MAX).map(Vec::as_slice));
        Self {
            roots: OnceLock::from(roots),
            ..Self::new(rules)
        }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &FetchRules {
        &self.rules
    }

    /// Fetches a list, or learns that the version of `validators` is still the newest.
    ///
    /// `progress` is told after every piece, in the thread that fetches; a thread that waits for another's fetch of the
    /// same is told nothing.
    ///
    /// # Errors
    /// [`FetchError`], with the address and what can be done.
    pub fn get(
        &self,
        url: &str,
        kind: FetchKind,
        validators: Option<&Validators>,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Fetched, FetchError> {
        let wanted = Wanted {
            address: FetchAddress::parse(url).map_err(FetchError::no_address)?,
            kind,
            validators: validators.filter(|it| !it.is_empty()).cloned(),
            request: None,
        };
        self.fetch(&wanted, cancel, progress)
    }

    /// Sends an OCSP request and gives the answer (RFC 6960 appendix A.1), unread.
    ///
    /// # Errors
    /// [`FetchError`]; among them [`FetchProblem::ContentType`] for an answer that is no OCSP response by its own word.
    pub fn post_ocsp(
        &self,
        url: &str,
        request_der: &[u8],
        cancel: &Cancel,
    ) -> Result<Arc<Answer>, FetchError> {
        let wanted = Wanted {
            address: FetchAddress::parse(url).map_err(FetchError::no_address)?,
            kind: FetchKind::Ocsp,
            validators: None,
            request: Some(request_der.to_vec()),
        };
        if request_der.is_empty() || request_der.len() > REQUEST_LENGTH_MAX {
            return Err(FetchError::new(&wanted.address, FetchProblem::Request));
        }
        match self.fetch(&wanted, cancel, &mut |_| ())? {
            Fetched::New(answer) => Ok(answer),
            // Nothing was asked by which a server could say so.
            Fetched::NotModified => Err(FetchError::new(&wanted.address, FetchProblem::NotHttp)),
        }
    }

    fn fetch(
        &self,
        wanted: &Wanted,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Fetched, FetchError> {
        let about = |problem| FetchError::new(&wanted.address, problem);
        // Before anything is waited for, and again for every redirect.
        self.rules.check(&wanted.address).map_err(about)?;
        let began = Instant::now();
        let overall = self.rules.limits(wanted.kind).overall;
        let deadline = began.checked_add(overall).unwrap_or(began);
        let means = Means {
            rules: &self.rules,
            look_ups: &self.look_ups,
            roots: &|| self.roots(),
            cancel,
            deadline,
        };
        let mut fetch = || {
            exchange::fetch(wanted, &means, progress).map(|answer| match answer {
                Some(answer) => Fetched::New(Arc::new(answer)),
                None => Fetched::NotModified,
            })
        };
        self.flights
            .share(wanted, deadline, cancel, &mut fetch)
            .map_err(about)
    }

    fn roots(&self) -> Result<Roots, FetchProblem> {
        self.roots_or(system_roots)
    }

    /// The certificates at hand, or those that `load` finds. That it found none is not remembered: they may come.
    fn roots_or(&self, load: impl FnOnce() -> Roots) -> Result<Roots, FetchProblem> {
        let roots = match self.roots.get() {
            Some(known) => known.clone(),
            None => {
                let found = load();
                if found.is_empty() {
                    return Err(FetchProblem::NoRoots);
                }
                self.roots.get_or_init(|| found).clone()
            }
        };
        if roots.is_empty() {
            Err(FetchProblem::NoRoots)
        } else {
            Ok(roots)
        }
    }
}

fn system_roots() -> Roots {
    // Single certificates that cannot be read are left aside: what is trusted is what is left.
    let system = rustls_native_certs::load_native_certs();
    Roots::new(system.certs.iter().take(ROOTS_MAX).map(AsRef::as_ref))
}

#[cfg(test)]
mod tests;
