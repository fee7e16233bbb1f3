//! One HTTP exchange: built from a path and headers, never from a URL of the guest's making.

use std::net::SocketAddr;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::ClientConfig;

use super::{Auth, NetError, NetSettings, Request, Response, sign};
use crate::capability::vault::Vault;
use crate::grant::Endpoint;

/// The host's own business: framing, routing, connection.
const RESERVED: &[&str] = &[
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "keep-alive",
    "expect",
    "proxy-authorization",
    "proxy-connection",
    "x-amz-date",
    "x-amz-security-token",
];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A client that knows one address, follows no redirect and asks no proxy.
pub(super) fn client(
    endpoint: &Endpoint,
    address: SocketAddr,
    tls: ClientConfig,
    settings: &NetSettings,
) -> Result<reqwest::Client, NetError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .http1_only()
        .connect_timeout(settings.connect_timeout)
        .resolve(&endpoint.host, address)
        .build()
        .map_err(|error| NetError::Invalid(format!("{endpoint}: {error}")))
}

pub(super) fn prepare(
    client: &reqwest::Client,
    endpoint: &Endpoint,
    request: &Request,
    vault: &Vault,
    auth: &Auth,
) -> Result<reqwest::Request, NetError> {
    let invalid = |text: String| NetError::Invalid(text);
    if !METHODS.contains(&request.method.as_str()) {
        return Err(invalid(format!("the method {:?} is none of {}", request.method, METHODS.join(", "))));
    }
    check_path(&request.path)?;
    let body = vault.fill(&request.body).map_err(|error| invalid(format!("the body: {error}")))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = header_name(name, auth)?;
        let value = vault
            .fill_header(value, body.len() as u64)
            .map_err(|error| invalid(format!("the header {name}: {error}")))?;
        headers.append(name.clone(), header_value(&name, &value)?);
    }
    let url =
        format!("{}://{}:{}{}", endpoint.scheme.name(), endpoint.url_host(), endpoint.port, request.path);
    sign::add(auth, vault, &request.method, &url, &mut headers, &body)?;
    let method =
        reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|error| invalid(error.to_string()))?;
    let mut builder = client.request(method, &url).headers(headers);
    if !body.is_empty() {
        builder = builder.body(body.to_vec());
    }
    let built = builder.build().map_err(|error| invalid(error.without_url().to_string()))?;
    // The path must have stayed a path.
    let host = built.url().host_str().unwrap_or_default();
    let same = host == endpoint.url_host() && built.url().port_or_known_default() == Some(endpoint.port);
    if same { Ok(built) } else { Err(invalid(format!("the path {:?} leads to another host", request.path))) }
}

fn check_path(path: &str) -> Result<(), NetError> {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#');
    if path.starts_with('/') && !path.starts_with("//") && plain {
        return Ok(());
    }
    Err(NetError::Invalid(format!(
        "the path {path:?}: write an absolute path with its query, percent-encoded, without a fragment"
    )))
}

fn header_name(name: &str, auth: &Auth) -> Result<HeaderName, NetError> {
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| NetError::Invalid(format!("{name:?} is no header's name")))?;
    let owned = *auth != Auth::None && parsed == "authorization"
        || matches!(auth, Auth::Header { name, .. } if name.eq_ignore_ascii_case(parsed.as_str()));
    if owned || RESERVED.contains(&parsed.as_str()) {
        return Err(NetError::Invalid(format!("the header {parsed} is the host's to write")));
    }
    Ok(parsed)
}

pub(super) fn header_value(name: &HeaderName, value: &str) -> Result<HeaderValue, NetError> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| NetError::Invalid(format!("the header {name} holds a control character")))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Sends and reads, at most `limit` bytes of body.
pub(super) async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    limit: usize,
) -> Result<Response, NetError> {
    let unreachable = |error: reqwest::Error| {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        NetError::Unreachable(text)
    };
    let mut answer = client.execute(request).await.map_err(unreachable)?;
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > limit {
            return Err(NetError::TooLarge(limit as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status: answer.status().as_u16(), headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_are_no_paths() {
        for path in
            ["", "x", "//evil.test/", "/a b", "/a\r\nHost: x", "/a\\b", "/a#b", "http://evil.test/", "/ü"]
        {
            assert!(check_path(path).is_err(), "{path:?}");
        }
        assert!(check_path("/mgmt/tm/sys?expand=1&x=%20").is_ok());
    }

    #[test]
    fn headers_that_are_the_hosts() {
        for name in ["Host", "content-length", "Transfer-Encoding", "Connection", "a b", "x\r\ny", ""] {
            assert!(header_name(name, &Auth::None).is_err(), "{name:?}");
        }
        assert!(header_name("Authorization", &Auth::None).is_ok());
        let bearer = Auth::Bearer { token: "t".to_owned() };
        assert!(header_name("Authorization", &bearer).is_err());
    }
}
