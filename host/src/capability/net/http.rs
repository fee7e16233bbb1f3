//! HTTP requests over one pinned address: no proxies, no redirects, no cookies, no decompression.

use std::error::Error as _;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use rustls::ClientConfig;

use super::auth::{Credentials, Header};
use super::sigv4::Signable;
use super::tls::Guard;
use super::{NetError, Request, Response, clock};
use crate::capability::document::{Document, Part};
use crate::capability::vault::{FillError, Vault};
use crate::grant::Endpoint;

/// The connection's own time-out is to fire before that of the whole exchange, so that a request that never
/// left is not taken for one that did.
const GRACE: Duration = Duration::from_millis(20);

/// Where requests go. Connections are kept and reused beneath.
pub(super) struct Line {
    endpoint: Endpoint,
    pinned: SocketAddr,
    config: ClientConfig,
    client: Client,
    connect_timeout: Duration,
}

/// By which the connector chooses among the services that a signature may be for. It does not leave the host.
const SERVICE: &str = "x-lastmile-service";

impl Line {
    pub(super) fn new(
        endpoint: &Endpoint,
        pinned: SocketAddr,
        guard: &Guard,
        connect_timeout: Duration,
    ) -> Result<Self, NetError> {
        let config = guard.config(&[b"http/1.1"])?;
        let client = client(endpoint, pinned, &config, connect_timeout)?;
        Ok(Self { endpoint: endpoint.clone(), pinned, config, client, connect_timeout })
    }

    pub(super) const fn pinned(&self) -> SocketAddr {
        self.pinned
    }

    /// Fills the sealed parts in, then adds the credentials, which may cover both.
    pub(super) fn prepare(
        &self,
        request: &Request,
        credentials: &Credentials,
        vault: &Vault,
    ) -> Result<reqwest::Request, NetError> {
        let url = self.url(&request.path)?;
        let body = vault.fill(&request.body).map_err(|error| unfilled(&error))?;
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let (chosen, rest): (Vec<_>, Vec<_>) =
            request.headers.iter().partition(|(name, _)| name.eq_ignore_ascii_case(SERVICE));
        let mut headers = Vec::with_capacity(rest.len());
        for (name, value) in rest {
            let value = vault.fill_header(value, length).map_err(|error| unfilled(&error))?;
            headers.push((name.to_ascii_lowercase(), value));
        }
        let signable =
            Signable { method: &request.method, url: url.as_str(), headers: &headers, body: &body };
        let service = chosen.first().map(|(_, value)| plain(value)).transpose()?;
        let added = credentials.headers(&signable, service.as_deref(), SystemTime::now())?;
        self.compose(&request.method, url, headers.iter().chain(&added), &body)
    }

    /// A request of the parts as they leave.
    pub(super) fn compose<'a>(
        &self,
        method: &str,
        url: Url,
        headers: impl Iterator<Item = &'a Header>,
        body: &[u8],
    ) -> Result<reqwest::Request, NetError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| NetError::Invalid(format!("{method:?} is no HTTP method")))?;
        // A body of no bytes is still announced where the method calls for one.
        let bodied = !body.is_empty() || [Method::POST, Method::PUT, Method::PATCH].contains(&method);
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = header_map(headers)?;
        *request.body_mut() = bodied.then(|| body.to_vec().into());
        Ok(request)
    }

    /// The path, at this origin and nowhere else.
    pub(super) fn url(&self, path: &str) -> Result<Url, NetError> {
        let origin =
            format!("{}://{}:{}", self.endpoint.scheme.name(), self.endpoint.url_host(), self.endpoint.port);
        let url = Url::parse(&format!("{origin}{path}"))
            .map_err(|error| NetError::Invalid(format!("the path {path:?}: {error}")))?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        if format!("{}{query}", url.path()) != path {
            return Err(NetError::Invalid(format!(
                "the path {path:?} would be sent as {:?}: write it so, without `.` and `..` and percent-encoded",
                format!("{}{query}", url.path())
            )));
        }
        let elsewhere = url.host_str() != Some(&self.endpoint.url_host())
            || url.port_or_known_default() != Some(self.endpoint.port);
        if elsewhere {
            return Err(NetError::Denied(format!("the path {path:?} leads away from `{}`", self.endpoint)));
        }
        Ok(url)
    }

    /// Sends the request and takes an answer of at most `limit` bytes.
    pub(super) async fn exchange(
        &self,
        request: reqwest::Request,
        limit: usize,
        budget: Duration,
        guard: &Guard,
    ) -> Result<Response, NetError> {
        let client = if budget > self.connect_timeout {
            self.client.clone()
        } else {
            client(&self.endpoint, self.pinned, &self.config, budget)?
        };
        let whole = async {
            let answer = client.execute(request).await.map_err(|error| self.fault(error, guard))?;
            let (status, headers) = (answer.status().as_u16(), readable(answer.headers()));
            let body = self.body(answer, limit, guard).await?;
            Ok(Response { status, headers, body })
        };
        clock::within(budget + GRACE, "with the line cut after the request was sent", whole).await
    }

    async fn body(
        &self,
        mut answer: reqwest::Response,
        limit: usize,
        guard: &Guard,
    ) -> Result<Vec<u8>, NetError> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.fault(error, guard))? {
            if chunk.len() > limit.saturating_sub(body.len()) {
                return Err(NetError::TooLarge(u64::try_from(limit).unwrap_or(u64::MAX)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn fault(&self, error: reqwest::Error, guard: &Guard) -> NetError {
        if let Some(reason) = guard.take_refusal() {
            return NetError::Untrusted(format!("`{}`: {reason}", self.endpoint));
        }
        let (connecting, building) = (error.is_connect(), error.is_builder());
        let error = error.without_url();
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        if building {
            NetError::Invalid(format!("the request cannot be made: {text}"))
        } else if connecting {
            NetError::Unreachable(format!("`{}` at {}: {text}", self.endpoint, self.pinned))
        } else {
            NetError::Unreachable(format!(
                "`{}`: the line was cut after the request was sent: {text}",
                self.endpoint
            ))
        }
    }
}

fn client(
    endpoint: &Endpoint,
    pinned: SocketAddr,
    config: &ClientConfig,
    connect_timeout: Duration,
) -> Result<Client, NetError> {
    Client::builder()
        .tls_backend_preconfigured(config.clone())
        .http1_only()
        // Nothing in the environment may send the request elsewhere.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // Whether to try again is the connector's decision: the first try may have had its effect.
        .retry(reqwest::retry::never())
        .resolve(&endpoint.host, pinned)
        .connect_timeout(connect_timeout)
        .pool_max_idle_per_host(1)
        .user_agent(concat!("lastmile/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| NetError::Invalid(format!("no HTTP client for `{endpoint}`: {error}")))
}

fn header_map<'a>(headers: impl Iterator<Item = &'a Header>) -> Result<HeaderMap, NetError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| NetError::Invalid(format!("{name:?} is no header name")))?;
        let mut value =
            HeaderValue::from_str(value)
                .or_else(|_| HeaderValue::from_bytes(value.as_bytes()))
                .map_err(|_| NetError::Invalid(format!("the value of `{name}` cannot stand in a header")))?;
        value.set_sensitive(true);
        map.try_append(name, value)
            .map_err(|_| NetError::Invalid("the request has more headers than it can hold".to_owned()))?;
    }
    Ok(map)
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

fn unfilled(error: &FillError) -> NetError {
    NetError::Invalid(error.to_string())
}

/// The header's text, which is compared and not sent.
fn plain(document: &Document) -> Result<String, NetError> {
    let text = |part: &Part| match part {
        Part::Text(text) => Some(text.clone()),
        _ => None,
    };
    let text: Option<Vec<String>> = document.iter().map(text).collect();
    text.map(|parts| parts.concat())
        .ok_or_else(|| NetError::Invalid(format!("the header `{SERVICE}` holds more than plain text")))
}

/// The answer without the deployment's secrets.
pub(super) fn scrubbed(mut response: Response, vault: &Vault) -> Response {
    for text in response.headers.iter_mut().flat_map(|(name, value)| [name, value]) {
        *text = String::from_utf8_lossy(&vault.scrub(text.as_bytes())).into_owned();
    }
    response.body = vault.scrub(&response.body);
    response
}
