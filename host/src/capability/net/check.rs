//! What a connector may put into a request: a method, a path and headers that cannot leave their places.

use super::{Auth, NetError, Request};

/// Headers that belong to the line, not to the request: the host's alone.
const OF_THE_LINE: [&str; 10] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "upgrade",
    "keep-alive",
    "te",
    "trailer",
    "expect",
    "http2-settings",
];

/// Refuses what could reach another host, another request or the host's own credentials. Header values are
/// checked where they are filled in, as a secret may hold anything.
pub(super) fn request(request: &Request, auth: &Auth) -> Result<(), NetError> {
    method(&request.method)?;
    path(&request.path)?;
    request.headers.iter().try_for_each(|(name, _)| header(name, auth))
}

fn method(method: &str) -> Result<(), NetError> {
    if !is_token(method) {
        return Err(NetError::Invalid(format!("{method:?} is no HTTP method")));
    }
    // CONNECT would make a proxy of the peer; TRACE echoes the credentials.
    if ["CONNECT", "TRACE", "TRACK"].iter().any(|never| method.eq_ignore_ascii_case(never)) {
        return Err(NetError::Denied(format!("the method {method} is not for connectors")));
    }
    Ok(())
}

fn path(path: &str) -> Result<(), NetError> {
    let fault = if !path.starts_with('/') {
        "must begin with `/`: the origin is the connection's"
    } else if path.starts_with("//") {
        "must not begin with `//`, which would name another host"
    } else if let Some(bad) = path.chars().find(|&c| !c.is_ascii_graphic() || matches!(c, '\\' | '#')) {
        return Err(NetError::Invalid(format!(
            "the path {path:?} holds {bad:?}, which must be percent-encoded"
        )));
    } else {
        return Ok(());
    };
    Err(NetError::Invalid(format!("the path {path:?} {fault}")))
}

fn header(name: &str, auth: &Auth) -> Result<(), NetError> {
    if !is_token(name) {
        return Err(NetError::Invalid(format!("{name:?} is no header name")));
    }
    let lower = name.to_ascii_lowercase();
    if OF_THE_LINE.contains(&lower.as_str()) || lower.starts_with("proxy-") {
        return Err(NetError::Denied(format!("the header `{lower}` is the host's to set")));
    }
    if auth.sets(&lower) {
        return Err(NetError::Denied(format!("the header `{lower}` is set by the target's `auth`")));
    }
    Ok(())
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::net::auth::aws::{Signing, Source};

    #[test]
    fn methods() {
        for good in ["GET", "POST", "PATCH", "LIST", "M-SEARCH"] {
            assert!(method(good).is_ok(), "{good}");
        }
        for bad in ["", "GET /", "GET\r\nX: y", "G\u{e9}T", "CONNECT", "connect", "TRACE"] {
            assert!(method(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn paths() {
        for good in ["/", "/a/b?c=d&e=%2f", "/:import", "/a//b", "/?q=http://x"] {
            assert!(path(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "http://other.example/",
            "@other.example/",
            ":80/",
            "//other.example/",
            "/\\other.example",
            "\\\\other.example",
            "/a b",
            "/a\r\nHost: x",
            "/a\tb",
            "/a#b",
            "/\0",
            "/\u{e9}",
            "?q",
        ] {
            assert!(path(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn headers() {
        let none = Auth::None;
        for good in ["Accept", "content-type", "X-Amz-Target", "Authorization", "X-Vault-Token"] {
            assert!(header(good, &none).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Host",
            "HOST",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Upgrade",
            "Proxy-Authorization",
            "TE",
            "Expect",
            "a b",
            "a:",
            "a\r\nHost",
            " host",
        ] {
            assert!(header(bad, &none).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn headers_that_the_host_adds() {
        let bearer = Auth::Bearer { token: "t".to_owned() };
        assert!(header("AUTHORIZATION", &bearer).is_err());
        let own = Auth::Header { name: "X-Token".to_owned(), value: "t".to_owned() };
        assert!(header("x-token", &own).is_err());
        let signed = Auth::AwsSigv4(Signing {
            region: "r".to_owned(),
            services: vec!["s".to_owned()],
            credentials: Source::Environment,
            endpoint: None,
        });
        for name in ["authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"] {
            assert!(header(name, &signed).is_err(), "{name}");
        }
        assert!(header("X-Amz-Target", &signed).is_ok());
        let token = Auth::KubernetesToken { file: "/t".into() };
        assert!(header("Authorization", &token).is_err() && header("Accept", &token).is_ok());
    }
}
