//! Where something is fetched from: an address as certificates write it, read strictly.
//!
//! Two programs that read one address differently are how a check is passed and another host asked. So what is read
//! here is written anew from its parts, and that text alone is used afterwards. Nothing unusual is taken: no user,
//! no fragment, no percent sign in the host, no number that means an address to some resolvers.
//!
//! Not here: whether the host may be asked (`rules`), and what its name leads to (`look_up`).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest address read, in bytes.
pub const ADDRESS_LENGTH_MAX: usize = 1024;
/// Longest host name, in bytes (RFC 1035 §2.3.4, as text without the last dot).
const NAME_LENGTH_MAX: usize = 253;
/// Longest label of it (RFC 1035 §2.3.4).
const LABEL_LENGTH_MAX: usize = 63;
/// Longest path shown to people, in bytes.
const SHOWN_PATH_MAX: usize = 120;

/// The two ways of fetching there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// By TLS.
    Https,
}

impl Scheme {
    /// As it stands before the colon.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port where an address names none.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A host: a name in lower case, or an address in its one usual form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A name of the DNS, lower case, without a last dot.
    Name(String),
    /// Four decimal numbers.
    V4(Ipv4Addr),
    /// In brackets.
    V6(Ipv6Addr),
}

impl Host {
    /// Reads a host: a name, four decimal numbers, or an IPv6 address in brackets.
    ///
    /// # Errors
    /// [`AddressFault::NumericHost`] for numbers in other forms (RFC 3986 §7.4), [`AddressFault::Host`] for anything
    /// else that is no host.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        if let Some(rest) = text.strip_prefix('[') {
            let inside = rest.strip_suffix(']').ok_or(AddressFault::Host)?;
            return inside.parse().map(Self::V6).map_err(|_| AddressFault::Host);
        }
        if text.is_empty() || text.len() > NAME_LENGTH_MAX || !text.split('.').all(is_label) {
            return Err(AddressFault::Host);
        }
        let last = text.rsplit('.').next().unwrap_or_default();
        if is_number(last) {
            return text.parse().map(Self::V4).map_err(|_| AddressFault::NumericHost);
        }
        Ok(Self::Name(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// Letters, digits and hyphens that begin and end with none (RFC 1123 §2.1).
fn is_label(label: &str) -> bool {
    (1..=LABEL_LENGTH_MAX).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether some resolver may take a last label for a number: decimal, octal, or hexadecimal with its mark.
fn is_number(label: &str) -> bool {
    let is_hex = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"))
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_hex || label.bytes().all(|byte| byte.is_ascii_digit())
}

/// An address that can be fetched from.
///
/// Its `Display` is what people and logs see: without the query, and a long path cut.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FetchAddress {
    scheme: Scheme,
    host: Host,
    port: u16,
    /// With its slash in front, and the query.
    target: String,
}

impl FetchAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// [`AddressFault`], which says what is wrong without repeating any of it.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        if text.len() > ADDRESS_LENGTH_MAX {
            return Err(AddressFault::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AddressFault::Characters);
        }
        let (scheme, rest) = text.split_once("://").ok_or(AddressFault::Scheme)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(AddressFault::Scheme),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).ok_or(AddressFault::Host)?;
        if authority.contains('@') {
            return Err(AddressFault::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        Ok(Self {
            scheme,
            host: Host::parse(host)?,
            port: port.unwrap_or(scheme.default_port()),
            target: read_target(target)?,
        })
    }

    /// Where a `Location` header leads from here: a whole address, `//host/path`, `/path`, `?query` or a path beside this
    /// one (RFC 3986 §5.2).
    ///
    /// # Errors
    /// [`AddressFault`].
    pub fn join(&self, location: &str) -> Result<Self, AddressFault> {
        if location.len() > ADDRESS_LENGTH_MAX {
            return Err(AddressFault::TooLong);
        }
        // What follows a number sign is for who reads the page (RFC 9110 §10.2.2), and means nothing here.
        let location = location.split('#').next().unwrap_or_default();
        if location.is_empty() {
            return Err(AddressFault::Path);
        }
        if location.starts_with("//") {
            return Self::parse(&format!("{}:{location}", self.scheme.as_str()));
        }
        let before_path = location.split(['/', '?']).next().unwrap_or_default();
        if before_path.contains(':') {
            return Self::parse(location);
        }
        let path = self.target.split('?').next().unwrap_or_default();
        let target = if location.starts_with('/') {
            without_dots(location)
        } else if location.starts_with('?') {
            format!("{path}{location}")
        } else {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            without_dots(&format!("{folder}/{location}"))
        };
        if target.len() > ADDRESS_LENGTH_MAX {
            return Err(AddressFault::TooLong);
        }
        Ok(Self {
            target: read_target(&target)?,
            ..self.clone()
        })
    }

    /// How it is fetched.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whom to ask.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// At which port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The whole of it, query too: for the request, not for people.
    #[must_use]
    pub fn to_url(&self) -> String {
        format!("{}{}", self.origin(), self.target)
    }

    /// Scheme, host, and the port where it is not the scheme's own (RFC 9110 §4.3.1).
    pub(crate) fn origin(&self) -> String {
        let (scheme, host) = (self.scheme.as_str(), &self.host);
        if self.port == self.scheme.default_port() {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }
}

impl fmt::Display for FetchAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        f.write_str(&self.origin())?;
        match path.split_at_checked(SHOWN_PATH_MAX) {
            Some((shown, rest)) if !rest.is_empty() => write!(f, "{shown}..."),
            _ => f.write_str(path),
        }
    }
}

impl fmt::Debug for FetchAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FetchAddress({self})")
    }
}

/// A host and its port, where one is named.
pub(crate) fn split_port(authority: &str) -> Result<(&str, Option<u16>), AddressFault> {
    let (host, port) = if authority.starts_with('[') {
        let end = authority.find(']').ok_or(AddressFault::Host)?;
        let (host, rest) = authority.split_at_checked(end + 1).ok_or(AddressFault::Host)?;
        match rest.strip_prefix(':') {
            Some(port) => (host, port),
            None if rest.is_empty() => return Ok((host, None)),
            None => return Err(AddressFault::Host),
        }
    } else {
        match authority.split_once(':') {
            Some(parts) => parts,
            None => return Ok((authority, None)),
        }
    };
    let is_plain = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(port) if is_plain && port != 0 => Ok((host, Some(port))),
        _ => Err(AddressFault::Port),
    }
}

/// A path and query of the characters that may stand there (RFC 3986 §3.3, §3.4), a slash put in front where none is.
fn read_target(text: &str) -> Result<String, AddressFault> {
    if text.contains('#') {
        return Err(AddressFault::Fragment);
    }
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let is_good = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"/?-._~!$&'()*+,;=:@".contains(&byte),
        };
        if !is_good {
            return Err(AddressFault::Path);
        }
    }
    Ok(if text.starts_with('/') {
        text.to_owned()
    } else {
        format!("/{text}")
    })
}

/// A path without the steps `.` and `..` (RFC 3986 §5.2.4), its query left as it is.
fn without_dots(target: &str) -> String {
    let (path, query) = match target.find('?').and_then(|at| target.split_at_checked(at)) {
        Some(parts) => parts,
        None => (target, ""),
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut ends_in_folder = false;
    for segment in path.split('/').skip(1) {
        ends_in_folder = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let last = if ends_in_folder && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{last}{query}", kept.join("/"))
}

/// Why a text is no address to fetch from. The text itself is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressFault {
    /// Longer than [`ADDRESS_LENGTH_MAX`].
    #[error("the address is longer than {ADDRESS_LENGTH_MAX} characters")]
    TooLong,
    /// Spaces, controls, or letters beyond ASCII.
    #[error("the address has characters that no address has")]
    Characters,
    /// Neither http nor https.
    #[error("the address is neither http nor https")]
    Scheme,
    /// A user, or a user and a password.
    #[error("the address names a user")]
    UserInfo,
    /// No host name and no address.
    #[error("the address has no host in a form that is taken")]
    Host,
    /// An IPv4 address in a form that programs read differently.
    #[error("the host is a number in an unusual form")]
    NumericHost,
    /// No number from 1 to 65535.
    #[error("the port is no number from 1 to 65535")]
    Port,
    /// Characters that may not stand in a path, or nothing.
    #[error("the path has characters that no path has")]
    Path,
    /// A part behind a number sign.
    #[error("the address has a fragment")]
    Fragment,
}

impl AddressFault {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Scheme => "fetch-scheme",
            _ => "fetch-address",
        }
    }
}

#[cfg(test)]
mod tests;
