//! The host's own requests, to where tokens are issued. What a connector was granted plays no part in them.
//!
//! | place                                      | how it is reached                                      |
//! |--------------------------------------------|--------------------------------------------------------|
//! | `https` URLs that the operator wrote       | by the rules for every endpoint, TLS by `auth.ca`      |
//! | a cloud's metadata service                 | only these addresses, in the clear, never resolved     |
//! | `auth.endpoint`, in place of either        | a loopback address, in the clear                       |

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use super::Header;
use super::reply::{self, Reply};
use crate::capability::net::http::Line;
use crate::capability::net::tls::{Guard, Terms};
use crate::capability::net::{NetError, Trust, door};
use crate::capability::vault::{Vault, percent_encoded};
use crate::grant::{Endpoint, Scheme};

/// No token is longer than this.
const LONGEST: usize = 64 * 1024;
/// A metadata service answers at once, or is not there.
const CONNECT: Duration = Duration::from_secs(5);

/// Where a token is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUrl {
    endpoint: Endpoint,
    path: String,
}

impl FromStr for TokenUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (origin, path) = split(text);
        let endpoint: Endpoint = origin.parse().map_err(|_| "it is no https:// URL")?;
        if endpoint.scheme != Scheme::Https {
            return Err("it is no https:// URL");
        }
        if path.contains('#') || !path.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("its path holds `#`, a space or another byte that must be percent-encoded");
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { endpoint, path })
    }
}

impl fmt::Display for TokenUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = if self.endpoint.port == 443 { String::new() } else { format!(":{}", self.endpoint.port) };
        write!(f, "https://{}{port}{}", self.endpoint.url_host(), self.path)
    }
}

/// An endpoint on this very machine, which the operator put in an issuer's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loopback(Endpoint);

impl FromStr for Loopback {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let endpoint: Endpoint = text.parse().map_err(|_| "it is no http:// endpoint")?;
        let loopback = endpoint.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if endpoint.scheme == Scheme::Http && loopback {
            Ok(Self(endpoint))
        } else {
            Err("it is no http:// endpoint at a loopback address")
        }
    }
}

/// Where a request goes.
pub(super) struct Place {
    endpoint: Endpoint,
    /// Known beforehand, and not judged.
    pinned: Option<SocketAddr>,
    trust: Trust,
    path: String,
}

impl Place {
    /// An issuer on the network.
    pub(super) fn public(url: &TokenUrl, ca: Option<&Path>) -> Self {
        let trust = ca.map_or(Trust::SystemRoots, |path| Trust::CaFile(path.to_owned()));
        Self { endpoint: url.endpoint.clone(), pinned: None, trust, path: url.path.clone() }
    }

    /// A cloud's metadata service, under the name by which it wants to be called.
    pub(super) fn metadata(host: &str, address: impl Into<IpAddr>, path: String) -> Self {
        let endpoint = Endpoint { scheme: Scheme::Http, host: host.to_owned(), port: 80 };
        let pinned = Some(SocketAddr::new(address.into(), 80));
        Self { endpoint, pinned, trust: Trust::SystemRoots, path }
    }

    /// A service on this very machine.
    pub(super) fn loopback(endpoint: &Loopback, path: String) -> Self {
        Self { endpoint: endpoint.0.clone(), pinned: None, trust: Trust::SystemRoots, path }
    }

    /// The operator's own endpoint in its place, if there is one.
    pub(super) fn or(self, instead: Option<&Loopback>) -> Self {
        match instead {
            Some(loopback) => Self::loopback(loopback, self.path),
            None => self,
        }
    }

    /// The same service, asked for something else.
    pub(super) fn at(&self, path: String) -> Self {
        Self { endpoint: self.endpoint.clone(), pinned: self.pinned, trust: self.trust.clone(), path }
    }
}

/// What the host asks with.
pub(super) struct Caller<'a> {
    pub(super) vault: &'a Vault,
    pub(super) budget: Duration,
    pub(super) now: SystemTime,
    /// The host's own environment.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Caller<'_> {
    pub(super) async fn get(&self, place: &Place, headers: &[(&str, &str)]) -> Result<Reply, NetError> {
        self.ask("GET", place, headers, &[]).await
    }

    /// Posts a form.
    pub(super) async fn post(&self, place: &Place, form: &[(&str, &str)]) -> Result<Reply, NetError> {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.ask("POST", place, &headers, &encode(form)).await
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        place: &Place,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, NetError> {
        let Place { endpoint, trust, path, .. } = place;
        let pinned = match place.pinned {
            Some(pinned) => pinned,
            None => {
                let addresses = door::resolve(endpoint).await?;
                door::pin(endpoint, &addresses, self.budget.min(CONNECT)).await?
            }
        };
        let guard = Guard::new(trust, Terms::default())?;
        let line = Line::new(endpoint, pinned, &guard, CONNECT)?;
        let headers: Vec<Header> = headers
            .iter()
            .map(|&(name, value)| (name.to_owned(), Zeroizing::new(value.to_owned())))
            .collect();
        let request = line.compose(method, line.url(path)?, headers.iter(), body)?;
        let answer = line.exchange(request, LONGEST, self.budget, &guard).await.map_err(reply::unreached)?;
        Ok(Reply::new(endpoint, answer))
    }
}

/// A URL's origin, and the rest.
pub(super) fn split(url: &str) -> (&str, &str) {
    let after = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(after..).unwrap_or_default();
    let end = rest.find(['/', '?', '#']).map_or(url.len(), |at| after + at);
    url.split_at_checked(end).unwrap_or((url, ""))
}

/// `application/x-www-form-urlencoded`.
pub(super) fn encode(pairs: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
    let encoded: Vec<_> = pairs
        .iter()
        .map(|(name, value)| (percent_encoded(name.as_bytes()), percent_encoded(value.as_bytes())))
        .collect();
    // One allocation of the final size: a growing vector would leave copies of secrets behind.
    let length = encoded.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut form = Zeroizing::new(Vec::with_capacity(length));
    for (name, value) in &encoded {
        if !form.is_empty() {
            form.push(b'&');
        }
        form.extend_from_slice(name);
        form.push(b'=');
        form.extend_from_slice(value);
    }
    form
}

/// A path with a query.
pub(super) fn query(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{}", String::from_utf8_lossy(&encode(pairs)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn tokens_are_asked_for_over_https_alone() {
        let url = |text: &str| text.parse::<TokenUrl>().map(|url| url.to_string());
        assert_eq!(url("https://login.example/a/token?x=1").unwrap(), "https://login.example/a/token?x=1");
        assert_eq!(url("https://LOGIN.example:8443").unwrap(), "https://login.example:8443/");
        for bad in [
            "http://login.example/",
            "login.example",
            "https://u:p@login.example/",
            "https://a/b c",
            "https://a/#b",
            "",
        ] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_issuers_stand_in_is_on_this_machine() {
        for good in ["http://127.0.0.1:8080", "http://[::1]:1"] {
            assert!(good.parse::<Loopback>().is_ok(), "{good}");
        }
        for bad in
            ["http://localhost:80", "http://10.0.0.1:80", "https://127.0.0.1:1", "http://127.0.0.1:1/x"]
        {
            assert!(bad.parse::<Loopback>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_form_is_percent_encoded() {
        assert_eq!(&**encode(&[("a", "b c"), ("d", "é&=")]), b"a=b%20c&d=%C3%A9%26%3D");
        assert_eq!(query("/x?y=1", &[("r", "https://v")]), "/x?y=1&r=https%3A%2F%2Fv");
        assert_eq!(query("/x", &[]), "/x");
    }
}
