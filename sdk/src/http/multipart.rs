//! `multipart/form-data` (RFC 7578).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::Part;
use crate::http::content::Content;
use crate::http::escape::disposition;
use crate::http::writer::Writer;

/// Fields and files of a multipart body.
///
/// ```
/// use lastmile_sdk::http::{Call, Multipart, key, object};
/// let body = Multipart::new()
///     .file("json", "blob", "application/json", object! { "file": "site.key" })
///     .file("file", "site.key", "application/octet-stream", lastmile_sdk::http::Content::from(key()));
/// let call = Call::post("/file/ssl-key").multipart(body).changes("import the key");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Multipart(Vec<Piece>);

#[derive(Clone, Debug)]
struct Piece {
    head: String,
    content: Vec<Part>,
}

impl Multipart {
    /// No parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more field.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Content>) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{}\"", disposition(name));
        self.0.push(Piece { head, content: value.into().into() });
        self
    }

    /// One more file: a [`Content`], a [`Node`](super::Node), an [`Element`](super::Element) or parts of your own.
    #[must_use]
    pub fn file(
        mut self,
        name: &str,
        file_name: &str,
        content_type: &str,
        content: impl Into<Vec<Part>>,
    ) -> Self {
        let (name, file_name) = (disposition(name), disposition(file_name));
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {content_type}"
        );
        self.0.push(Piece { head, content: content.into() });
        self
    }

    /// A line that no text in the body has. Keys and keystores are PEM or binary: 26 characters of our own are not in
    /// them. Unquoted in the header, since PAN-OS reads no quotes.
    fn boundary(&self) -> String {
        let mut boundary = "lastmile-7Vd2kQ9sXw4bTz1f".to_string();
        let held = |boundary: &str| {
            self.0.iter().flat_map(|piece| &piece.content).any(|part| match part {
                Part::Text(text) => text.contains(boundary),
                Part::Bytes(bytes) => bytes.windows(boundary.len()).any(|seen| seen == boundary.as_bytes()),
                Part::Sealed(_) | Part::BodyLength(_) => false,
            })
        };
        while held(&boundary) && boundary.len() < 70 {
            boundary.push('x');
        }
        boundary
    }

    /// The content type, and the body.
    pub(crate) fn parts(self) -> (String, Vec<Part>) {
        let boundary = self.boundary();
        let mut writer = Writer::default();
        for piece in self.0 {
            writer.text(&format!("--{boundary}\r\n{}\r\n\r\n", piece.head));
            writer.parts(piece.content);
            writer.text("\r\n");
        }
        writer.text(&format!("--{boundary}--\r\n"));
        (format!("multipart/form-data; boundary={boundary}"), writer.finish())
    }
}
