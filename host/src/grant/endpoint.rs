//! Endpoints: `scheme://host:port`, compared as a whole.
//!
//! | form                  | means                                        |
//! |-----------------------|----------------------------------------------|
//! | `https://host[:port]` | HTTP over TLS, port 443 unless named         |
//! | `http://host[:port]`  | HTTP in the clear, port 80 unless named      |
//! | `tls://host:port`     | bytes over TLS                               |
//! | `tcp://host:port`     | bytes in the clear                           |

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// How an endpoint is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HTTP over TLS.
    Https,
    /// HTTP in the clear.
    Http,
    /// Bytes over TLS.
    Tls,
    /// Bytes in the clear.
    Tcp,
}

impl Scheme {
    /// As written before `://`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
            Self::Tls => "tls",
            Self::Tcp => "tcp",
        }
    }

    /// Whether bytes go over the line encrypted.
    #[must_use]
    pub const fn is_encrypted(self) -> bool {
        matches!(self, Self::Https | Self::Tls)
    }

    const fn default_port(self) -> Option<u16> {
        match self {
            Self::Https => Some(443),
            Self::Http => Some(80),
            Self::Tls | Self::Tcp => None,
        }
    }
}

/// One endpoint. IPv6 hosts are kept without brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How it is spoken to.
    pub scheme: Scheme,
    /// A lower-case DNS name or an IP address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// Why an endpoint cannot be granted or declared.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EndpointError {
    /// Not one of the four.
    #[error("it must begin with https://, http://, tls:// or tcp://")]
    Scheme,
    /// A path, query, fragment or user.
    #[error("it holds more than a host and a port; write {0}")]
    More(String),
    /// Not a name or an address.
    #[error("`{0}` is no DNS name (ASCII; a Unicode name in its xn-- form) and no plain IP address")]
    Host(String),
    /// Missing or out of range.
    #[error("the port must be named, from 1 to 65535")]
    Port,
}

impl Endpoint {
    /// Endpoints are granted one by one: only the same endpoint is covered.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self == other
    }

    /// The host as it stands in a URL.
    #[must_use]
    pub fn url_host(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let (scheme, rest) = text.split_once("://").ok_or(EndpointError::Scheme)?;
        let scheme = match scheme {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            "tls" => Scheme::Tls,
            "tcp" => Scheme::Tcp,
            _ => return Err(EndpointError::Scheme),
        };
        if rest.contains(['/', '?', '#', '@', '\\']) {
            return Err(EndpointError::More(format!("`{}://{}`", scheme.name(), bare(rest))));
        }
        let (host, port) = split(rest).ok_or(EndpointError::Port)?;
        let port = match port {
            Some(port) => number(port).ok_or(EndpointError::Port)?,
            None => scheme.default_port().ok_or(EndpointError::Port)?,
        };
        let host = parse_host(host).ok_or_else(|| EndpointError::Host(host.to_owned()))?;
        Ok(Self { scheme, host, port })
    }
}

/// The host and the port alone. What stands before an `@` may be a password, which may hold a slash: it is not
/// repeated, nor is anything that could be a piece of it.
fn bare(text: &str) -> &str {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let ends = ['/', '?', '#', '\\'];
    if user.contains(ends) { "host:port" } else { host.split(ends).next().unwrap_or_default() }
}

fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if text.starts_with('[') {
        let end = text.find(']')? + 1;
        let (host, rest) = text.split_at_checked(end)?;
        return match rest {
            "" => Some((host, None)),
            rest => Some((host, Some(rest.strip_prefix(':')?))),
        };
    }
    Some(text.rsplit_once(':').map_or((text, None), |(host, port)| (host, Some(port))))
}

/// Digits only: `u16::from_str` would take a plus sign.
fn number(text: &str) -> Option<u16> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|&port| port != 0)
}

fn parse_host(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().ok().map(|address| address.to_string());
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some(address.to_string());
    }
    let host = text.to_ascii_lowercase();
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    // A last label of digits only, or in hex, would be read as a number by some resolvers.
    let last = host.rsplit('.').next()?;
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    (host.len() <= 253 && host.split('.').all(label) && !numeric).then_some(host)
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme.name(), self.url_host(), self.port)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn the_accepted_forms() {
        for (text, shown) in [
            ("https://A.Example", "https://a.example:443"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("tls://ldap.example:636", "tls://ldap.example:636"),
            ("tcp://[::1]:99", "tcp://[::1]:99"),
            ("https://[0:0::1]", "https://[::1]:443"),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn the_refused_forms() {
        for text in [
            "a.example",
            "ftp://a.example",
            "https://",
            "https://a.example/",
            "https://u@a.example",
            "https://a.example?x",
            "https://a.example#f",
            "https://a\\b",
            "tls://a.example",
            "https://a.example:0",
            "https://a.example:65536",
            "https://a.example:+1",
            "https://a.example:",
            "https://0177.1",
            "https://2130706433",
            "https://0x7f000001",
            "https://a..b",
            "https://a.example.",
            "https://bücher.example",
            "https://-a.example",
            "https://a b",
            "https://a\r\nb",
            "https://[fe80::1%25eth0]",
            "https://[::1",
            "https://%61.example",
            "https://*.example",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_remedy_repeats_no_credentials() {
        for (text, remedy) in [
            ("https://a.example:1/path?x", "`https://a.example:1`"),
            ("https://user:hunter2@a.example:1/path", "`https://a.example:1`"),
            ("https://user:hunt@er2@a.example#f", "`https://a.example`"),
            ("https://user:hunt/er2@a.example", "`https://host:port`"),
            ("https://user:hun@t/er2@a.example", "`https://host:port`"),
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(EndpointError::More(remedy.to_owned())));
        }
    }

    #[test]
    fn only_the_same_endpoint_is_covered() {
        let granted: Endpoint = "https://a.example".parse().unwrap();
        assert!(granted.covers(&"https://A.example:443".parse().unwrap()));
        for other in
            ["https://a.example:8443", "http://a.example:443", "https://b.a.example", "tls://a.example:443"]
        {
            assert!(!granted.covers(&other.parse().unwrap()), "{other}");
        }
    }
}
