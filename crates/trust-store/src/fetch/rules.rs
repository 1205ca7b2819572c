//! Who may be asked, for what, how much and how long.
//!
//! Not here: how an address is read (`address`), and what its name leads to (`look_up`).

use std::time::Duration;

use super::address::{AddressFault, FetchAddress, Host, split_port};
use super::error::FetchProblem;

/// Most hosts in one list of those that may be asked.
pub const HOSTS_MAX: usize = 512;
/// Most redirects that are followed.
pub const REDIRECTS_MAX: usize = 3;
/// Longest revocation list, in bytes: about 1.6 million entries.
pub const CRL_LENGTH_MAX: u64 = 64 * 1024 * 1024;
/// Longest OCSP answer, in bytes.
pub const OCSP_LENGTH_MAX: u64 = 64 * 1024;
/// Longest trusted list, in bytes. How long the real ones are was not measured; made ones of 8.9 million bytes were verified.
pub const LIST_LENGTH_MAX: u64 = 16 * 1024 * 1024;
/// Longest that anything may take, whatever was configured.
const OVERALL_MAX: Duration = Duration::from_secs(3600);

/// What is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FetchKind {
    /// A certificate revocation list (RFC 5280 §5).
    Crl,
    /// An OCSP answer (RFC 6960).
    Ocsp,
    /// A trusted list (ETSI TS 119 612).
    TrustedList,
}

/// How much of a kind is read, and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Most bytes of the body.
    pub length_max: u64,
    /// Longest time from the first look-up to the last byte, redirects and all.
    pub overall: Duration,
}

impl FetchKind {
    /// What is read of this kind unless a configuration says less.
    #[must_use]
    pub fn limits(self) -> FetchLimits {
        let (length_max, seconds) = match self {
            Self::Crl => (CRL_LENGTH_MAX, 300),
            Self::Ocsp => (OCSP_LENGTH_MAX, 10),
            Self::TrustedList => (LIST_LENGTH_MAX, 120),
        };
        FetchLimits {
            length_max,
            overall: Duration::from_secs(seconds),
        }
    }
}

/// A host that may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host,
    /// The scheme's own where none is named.
    port: Option<u16>,
    allow_private: bool,
}

impl AllowedHost {
    /// Reads `crl.example.it` or `crl.example.it:8080`: an exact host, without patterns, and its port where that is
    /// not the usual one.
    ///
    /// # Errors
    /// [`AddressFault`] for anything else.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let (host, port) = split_port(text)?;
        Ok(Self {
            host: Host::parse(host)?,
            port,
            allow_private: false,
        })
    }

    /// The host of this address, at the port that it names: for what comes out of a trust anchor.
    #[must_use]
    pub fn of(address: &FetchAddress) -> Self {
        let is_usual = address.port() == address.scheme().default_port();
        Self {
            host: address.host().clone(),
            port: (!is_usual).then_some(address.port()),
            allow_private: false,
        }
    }

    /// The same host, which may also be inside the network or on this machine. For an intranet's own mirror, and for
    /// tests; never for a host that a certificate named.
    #[must_use]
    pub fn with_private_addresses(self) -> Self {
        Self {
            allow_private: true,
            ..self
        }
    }

    fn covers(&self, address: &FetchAddress) -> bool {
        let port = self.port.unwrap_or(address.scheme().default_port());
        self.host == *address.host() && port == address.port()
    }
}

/// Whether the addresses of a host may be inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Addresses of the public Internet alone.
    Public,
    /// Any address.
    Anywhere,
}

/// The rules of every fetch. Those of [`FetchRules::default`] allow nothing: hosts have to be named.
#[derive(Debug, Clone)]
pub struct FetchRules {
    hosts: Vec<AllowedHost>,
    crl: FetchLimits,
    ocsp: FetchLimits,
    list: FetchLimits,
    connect: Duration,
    idle: Duration,
}

impl Default for FetchRules {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            crl: FetchKind::Crl.limits(),
            ocsp: FetchKind::Ocsp.limits(),
            list: FetchKind::TrustedList.limits(),
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(15),
        }
    }
}

impl FetchRules {
    /// Rules that allow these hosts, the first [`HOSTS_MAX`] of them.
    #[must_use]
    pub fn new(hosts: impl IntoIterator<Item = AllowedHost>) -> Self {
        Self {
            hosts: hosts.into_iter().take(HOSTS_MAX).collect(),
            ..Self::default()
        }
    }

    /// The same rules with other limits for a kind. A length above the kind's own is cut to that, a time above an
    /// hour to an hour.
    #[must_use]
    pub fn with_limits(mut self, kind: FetchKind, limits: FetchLimits) -> Self {
        let limits = FetchLimits {
            length_max: limits.length_max.min(kind.limits().length_max),
            overall: limits.overall.min(OVERALL_MAX),
        };
        match kind {
            FetchKind::Crl => self.crl = limits,
            FetchKind::Ocsp => self.ocsp = limits,
            FetchKind::TrustedList => self.list = limits,
        }
        self
    }

    /// The same rules with other waits: for a connection, TLS included, and for the next bytes of an answer.
    #[must_use]
    pub fn with_waits(mut self, connect: Duration, idle: Duration) -> Self {
        self.connect = connect.min(OVERALL_MAX);
        self.idle = idle.min(OVERALL_MAX);
        self
    }

    /// The same rules with these hosts too, up to [`HOSTS_MAX`] in all.
    #[must_use]
    pub fn and_hosts(mut self, hosts: impl IntoIterator<Item = AllowedHost>) -> Self {
        let left = HOSTS_MAX.saturating_sub(self.hosts.len());
        self.hosts.extend(hosts.into_iter().take(left));
        self
    }

    /// The limits of a kind.
    #[must_use]
    pub fn limits(&self, kind: FetchKind) -> FetchLimits {
        match kind {
            FetchKind::Crl => self.crl,
            FetchKind::Ocsp => self.ocsp,
            FetchKind::TrustedList => self.list,
        }
    }

    /// Longest wait for a connection, TLS included.
    #[must_use]
    pub fn connect(&self) -> Duration {
        self.connect
    }

    /// Longest wait for the next bytes.
    #[must_use]
    pub fn idle(&self) -> Duration {
        self.idle
    }

    /// Whether this address may be asked, and how far its host may reach.
    ///
    /// # Errors
    /// [`FetchProblem::HostNotAllowed`], or [`FetchProblem::PortNotAllowed`] where only the port is another.
    pub fn check(&self, address: &FetchAddress) -> Result<Reach, FetchProblem> {
        let mut covering = self.hosts.iter().filter(|host| host.covers(address)).peekable();
        if covering.peek().is_none() {
            let is_known = self.hosts.iter().any(|allowed| allowed.host == *address.host());
            return Err(if is_known {
                FetchProblem::PortNotAllowed
            } else {
                FetchProblem::HostNotAllowed
            });
        }
        Ok(if covering.any(|host| host.allow_private) {
            Reach::Anywhere
        } else {
            Reach::Public
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(hosts: &[&str]) -> FetchRules {
        FetchRules::new(hosts.iter().map(|host| AllowedHost::parse(host).unwrap()))
    }

    fn check(rules: &FetchRules, address: &str) -> Result<Reach, FetchProblem> {
        rules.check(&FetchAddress::parse(address).unwrap())
    }

    #[test]
    fn an_empty_list_allows_nothing() {
        let rules = FetchRules::default();
        assert_eq!(
            check(&rules, "http://crl.example/"),
            Err(FetchProblem::HostNotAllowed)
        );
    }

    #[test]
    fn only_the_exact_host_is_allowed() {
        let rules = rules(&["CRL.example"]);
        for address in ["http://crl.example/a", "https://crl.EXAMPLE/b"] {
            assert_eq!(check(&rules, address), Ok(Reach::Public));
        }
        for address in [
            "http://a.crl.example/",
            "http://crl.example.evil.example/",
            "http://xcrl.example/",
            "http://example/",
        ] {
            assert_eq!(
                check(&rules, address),
                Err(FetchProblem::HostNotAllowed),
                "{address}"
            );
        }
    }

    #[test]
    fn a_port_is_the_schemes_own_unless_the_list_names_it() {
        let rules = rules(&["a.example", "b.example:8080"]);
        for address in [
            "http://a.example:443/",
            "https://a.example:80/",
            "http://a.example:22/",
            "http://b.example/",
        ] {
            assert_eq!(
                check(&rules, address),
                Err(FetchProblem::PortNotAllowed),
                "{address}"
            );
        }
        assert!(check(&rules, "http://b.example:8080/").is_ok());
    }

    #[test]
    fn private_addresses_are_for_the_one_host_that_says_so() {
        let inside = AllowedHost::parse("mirror.example")
            .unwrap()
            .with_private_addresses();
        let rules = FetchRules::new([inside, AllowedHost::parse("crl.example").unwrap()]);
        assert_eq!(check(&rules, "http://mirror.example/"), Ok(Reach::Anywhere));
        assert_eq!(check(&rules, "http://crl.example/"), Ok(Reach::Public));
    }

    #[test]
    fn patterns_and_addresses_are_no_hosts_for_the_list() {
        for text in [
            "",
            "*",
            "*.example",
            "http://a.example",
            "a.example/",
            "u@a.example",
            "a.example:",
        ] {
            assert!(AllowedHost::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn limits_are_only_lowered() {
        let more = FetchLimits {
            length_max: u64::MAX,
            overall: Duration::MAX,
        };
        let rules = FetchRules::default().with_limits(FetchKind::Ocsp, more);
        let limits = rules.limits(FetchKind::Ocsp);
        assert_eq!(
            (limits.length_max, limits.overall),
            (OCSP_LENGTH_MAX, OVERALL_MAX)
        );
    }
}
