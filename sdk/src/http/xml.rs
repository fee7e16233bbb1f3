//! XML both ways: elements with sealed text to send, and a reader (roxmltree) for answers.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub use roxmltree::{Document, Node};

use crate::http::content::Content;
use crate::http::escape;
use crate::http::writer::Writer;
use crate::{Encoding, Part};

/// An element to send.
///
/// ```
/// use lastmile_sdk::http::{Element, secret};
/// use lastmile_sdk::testing::render;
/// let login = Element::new("Login").leaf("Username", "a & b").leaf("Password", secret("password"));
/// let request = Element::new("Request").attribute("APIVersion", "1900.1").child(login);
/// assert_eq!(
///     render(&Vec::from(request)),
///     "<Request APIVersion=\"1900.1\"><Login><Username>a &amp; b</Username>\
///      <Password>«password»</Password></Login></Request>"
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
}

#[derive(Clone, Debug)]
enum Child {
    Element(Element),
    Text(Content, Encoding),
}

impl Element {
    /// An empty element. The name is the connector's own: it is written as it is.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_string(), attributes: Vec::new(), children: Vec::new() }
    }

    /// One more attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_string(), value.to_string()));
        self
    }

    /// One more element inside.
    #[must_use]
    pub fn child(mut self, child: Element) -> Self {
        self.children.push(Child::Element(child));
        self
    }

    /// Text inside.
    #[must_use]
    pub fn text(mut self, text: impl Into<Content>) -> Self {
        self.children.push(Child::Text(text.into(), Encoding::Xml));
        self
    }

    /// Text inside, in base64.
    #[must_use]
    pub fn base64(mut self, content: impl Into<Content>) -> Self {
        self.children.push(Child::Text(content.into(), Encoding::Base64));
        self
    }

    /// One more element inside that holds text alone.
    #[must_use]
    pub fn leaf(self, name: &str, text: impl Into<Content>) -> Self {
        self.child(Self::new(name).text(text))
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("<");
        writer.text(&self.name);
        for (name, value) in &self.attributes {
            // A reader makes spaces of these, unless they are written so.
            let value = escape::xml(value).replace('\n', "&#10;").replace('\t', "&#9;");
            writer.text(&format!(" {name}=\"{value}\""));
        }
        if self.children.is_empty() {
            return writer.text("/>");
        }
        writer.text(">");
        for child in &self.children {
            match child {
                Child::Element(element) => element.write(writer),
                Child::Text(content, encoding) => content.write(writer, *encoding),
            }
        }
        writer.text(&format!("</{}>", self.name));
    }
}

impl From<Element> for Vec<Part> {
    fn from(element: Element) -> Self {
        let mut writer = Writer::default();
        element.write(&mut writer);
        writer.finish()
    }
}

/// The first element of this name, wherever it stands; the namespace does not matter.
#[must_use]
pub fn first<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|node| node.is_element() && node.tag_name().name() == name)
}

/// The text of the first element of this name.
#[must_use]
pub fn text_of<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    first(node, name).and_then(|node| node.text())
}

/// Every piece of text below a node, one line each: what vendors wrap into lines within lines.
#[must_use]
pub fn all_text(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text).filter_map(|node| node.text());
    let lines: Vec<&str> = texts.map(str::trim).filter(|text| !text.is_empty()).collect();
    lines.join("; ")
}
