//! One request in the making.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::http::content::Content;
use crate::http::escape::segment;
use crate::http::{Element, Form, Multipart, Node};
use crate::{Part, Request, document};

/// One request, and whether it changes something.
///
/// PUT, PATCH and DELETE change something unless they are told to be [harmless](Call::harmless); a POST does where it
/// [says so](Call::changes), since many an API looks things up and logs in by POST.
///
/// ```
/// use lastmile_sdk::http::{Call, object};
/// let call = Call::post("/api/certificates")
///     .query("vdom", "root & more")
///     .header("x-request", "1")
///     .json(object! { "name": "site" })
///     .changes("import the certificate");
/// ```
#[derive(Clone)]
pub struct Call {
    method: String,
    path: String,
    name: Option<String>,
    query: Vec<(String, String)>,
    headers: Vec<(String, Vec<Part>)>,
    body: Vec<Part>,
    changes: Option<String>,
    timeout_ms: Option<u32>,
}

impl Call {
    /// A request by this method, in capitals.
    #[must_use]
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        let path = path.into();
        let changes = matches!(method, "PUT" | "PATCH" | "DELETE").then(String::new);
        Self {
            method: method.to_string(),
            path,
            name: None,
            query: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
            changes,
            timeout_ms: None,
        }
    }

    /// A GET.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// A POST; it changes something only where it [says so](Call::changes).
    #[must_use]
    pub fn post(path: impl Into<String>) -> Self {
        Self::new("POST", path)
    }

    /// A PUT.
    #[must_use]
    pub fn put(path: impl Into<String>) -> Self {
        Self::new("PUT", path)
    }

    /// A PATCH.
    #[must_use]
    pub fn patch(path: impl Into<String>) -> Self {
        Self::new("PATCH", path)
    }

    /// A DELETE.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new("DELETE", path)
    }

    /// One more parameter of the query, percent-encoded. Never a secret: proxies and devices log queries.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_string(), value.to_string()));
        self
    }

    /// A header, in place of one of the same name. A [`secret`](super::secret) may be its value.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Content>) -> Self {
        set(&mut self.headers, name, Content::into(value.into()));
        self
    }

    /// `Content-Range: FIRST-LAST/LENGTH` for a body that is sent whole. The host writes it, who alone knows how long a body with a
    /// secret is. `unit` stands before it, as in `bytes `, or is empty.
    #[must_use]
    pub fn whole_range(mut self, unit: &str) -> Self {
        let first = document::text(&format!("{unit}0-"));
        let range = vec![first, Part::BodyLength(-1), document::text("/"), Part::BodyLength(0)];
        set(&mut self.headers, "content-range", range);
        self
    }

    /// A JSON body. Another content type (`application/merge-patch+json`) is set by [`Call::header`] afterwards.
    #[must_use]
    pub fn json(self, body: impl Into<Node>) -> Self {
        self.body("application/json", body.into())
    }

    /// A form as body.
    #[must_use]
    pub fn form(self, form: Form) -> Self {
        self.body("application/x-www-form-urlencoded", form)
    }

    /// A multipart body.
    #[must_use]
    pub fn multipart(self, multipart: Multipart) -> Self {
        let (content_type, body) = multipart.parts();
        self.body(&content_type, body)
    }

    /// An XML body.
    #[must_use]
    pub fn xml(self, element: Element) -> Self {
        self.body("application/xml", element)
    }

    /// A body of any other kind.
    #[must_use]
    pub fn body(self, content_type: &str, body: impl Into<Vec<Part>>) -> Self {
        let mut call = self.header("content-type", content_type);
        call.body = body.into();
        call
    }

    /// What an error calls it in place of method and path, where all calls go to one path.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_string());
        self
    }

    /// It changes something; `what` says so to people, as in "import the certificate".
    #[must_use]
    pub fn changes(mut self, what: &str) -> Self {
        self.changes = Some(what.to_string());
        self
    }

    /// It changes nothing that a deployment is about, whatever its method: a logout by DELETE.
    #[must_use]
    pub fn harmless(mut self) -> Self {
        self.changes = None;
        self
    }

    /// How long to wait for the answer, in place of the host's own 30 seconds; the deployment's time goes on meanwhile.
    #[must_use]
    pub fn timeout_ms(mut self, milliseconds: u32) -> Self {
        self.timeout_ms = Some(milliseconds);
        self
    }

    pub(crate) fn is_change(&self) -> bool {
        self.changes.is_some()
    }

    /// Whom an error names. Without the query, which is noise.
    pub(crate) fn line(&self) -> String {
        let line = self.name.clone().unwrap_or_else(|| format!("{} {}", self.method, self.path));
        match self.changes.as_deref() {
            None | Some("") => line,
            Some(what) => format!("{what}: {line}"),
        }
    }

    /// The request, with the API's headers where it has none of its own.
    pub(crate) fn request<'a>(&'a self, common: impl Iterator<Item = &'a (String, Content)>) -> Request {
        let mut headers = Vec::new();
        for (name, value) in common {
            set(&mut headers, name, value.clone().into());
        }
        for (name, value) in &self.headers {
            set(&mut headers, name, value.clone());
        }
        Request {
            method: self.method.clone(),
            path: self.path_and_query(),
            headers,
            body: self.body.clone(),
            timeout_ms: self.timeout_ms,
        }
    }

    fn path_and_query(&self) -> String {
        let mut path = self.path.clone();
        for (name, value) in &self.query {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&format!("{}={}", segment(name), segment(value)));
        }
        path
    }
}

/// Sets a header, whatever the case of its name.
pub(crate) fn set<V>(headers: &mut Vec<(String, V)>, name: &str, value: V) {
    match headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, present)) => *present = value,
        None => headers.push((name.to_string(), value)),
    }
}
