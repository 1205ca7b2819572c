//! Where a vpcd listens: `vpcd://HOST:PORT`.
//!
//! Not here: the protocol (`wire`).

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::VpcdError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const SCHEME: &str = "vpcd://";

/// How far a connection may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// To this machine only.
    LoopbackOnly,
    /// To any machine. Commands, and with them PINs, cross the network in the clear.
    Anywhere,
}

/// The address of one slot of a vpcd.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VpcdAddress {
    host: String,
    port: u16,
    reach: Reach,
}

impl VpcdAddress {
    /// Reads `vpcd://HOST:PORT`; an IPv6 host stands in brackets.
    ///
    /// # Errors
    /// [`VpcdError::Address`] for another form, [`VpcdError::NotLoopback`] when the host is neither
    /// `localhost` nor a loopback address and the reach does not allow it.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, VpcdError> {
        let wrong = || VpcdError::Address {
            text: text.to_owned(),
        };
        let (host, port) = text
            .strip_prefix(SCHEME)
            .and_then(|rest| rest.rsplit_once(':'))
            .ok_or_else(wrong)?;
        let bare = host
            .strip_prefix('[')
            .map_or(Some(host), |host| host.strip_suffix(']'))
            .ok_or_else(wrong)?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let ip = bare.parse::<IpAddr>().ok();
        // Brackets exactly around an IPv6 address.
        if (ip.is_none() && (bare.is_empty() || !bare.chars().all(is_name)))
            || host.starts_with('[') != ip.is_some_and(|ip| ip.is_ipv6())
        {
            return Err(wrong());
        }
        let port = port.parse().ok().filter(|&port| port != 0).ok_or_else(wrong)?;
        let is_loopback = bare == "localhost" || ip.is_some_and(|ip| ip.is_loopback());
        if reach == Reach::LoopbackOnly && !is_loopback {
            return Err(VpcdError::NotLoopback {
                host: bare.to_owned(),
            });
        }
        Ok(Self {
            host: bare.to_owned(),
            port,
            reach,
        })
    }

    /// Connects, trying each address of the host for at most five seconds.
    pub(crate) fn connect(&self) -> Result<TcpStream, VpcdError> {
        let failed = |reason: io::Error| {
            let address = format!("{}:{}", self.host, self.port);
            match reason.kind() {
                io::ErrorKind::ConnectionRefused => VpcdError::Refused { address },
                _ => VpcdError::Connect { address, reason },
            }
        };
        let resolved = (self.host.as_str(), self.port)
            .to_socket_addrs()
            .map_err(failed)?;
        // A hosts file may say anything of `localhost`.
        let allowed = |address: &SocketAddr| self.reach == Reach::Anywhere || address.ip().is_loopback();
        let mut last = io::ErrorKind::AddrNotAvailable.into();
        for address in resolved.filter(allowed) {
            match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(failed)?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(failed(last))
    }
}

impl fmt::Display for VpcdAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "{SCHEME}[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{SCHEME}{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_are_read_and_written_back() {
        for text in [
            "vpcd://127.0.0.1:35963",
            "vpcd://localhost:1",
            "vpcd://[::1]:65535",
            "vpcd://127.8.9.1:80",
        ] {
            let address = VpcdAddress::parse(text, Reach::LoopbackOnly).unwrap();
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn another_machine_needs_leave() {
        for text in [
            "vpcd://192.0.2.1:35963",
            "vpcd://reader.example:35963",
            "vpcd://[2001:db8::1]:1",
        ] {
            let refused = VpcdAddress::parse(text, Reach::LoopbackOnly).unwrap_err();
            assert_eq!(refused.code(), "vpcd-not-loopback");
            assert!(VpcdAddress::parse(text, Reach::Anywhere).is_ok());
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "vpcd://",
            "127.0.0.1:35963",
            "tcp://127.0.0.1:35963",
            "vpcd://127.0.0.1",
            "vpcd://127.0.0.1:",
            "vpcd://127.0.0.1:0",
            "vpcd://127.0.0.1:65536",
            "vpcd://:35963",
            "vpcd://::1:35963",
            "vpcd://[::1:35963",
            "vpcd://[localhost]:35963",
            "vpcd://local host:35963",
            "vpcd://a/b:35963",
        ] {
            let error = VpcdAddress::parse(text, Reach::Anywhere).unwrap_err();
            assert_eq!(error.code(), "vpcd-address", "{text}");
        }
    }
}
