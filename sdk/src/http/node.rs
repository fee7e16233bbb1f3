//! JSON with sealed leaves.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Map;
pub use serde_json::Value;

use crate::http::content::Content;
use crate::http::writer::Writer;
use crate::{Encoding, Part, Secret, document};

/// A JSON value (RFC 8259), some of whose strings only the host can write.
///
/// ```
/// use lastmile_sdk::http::{Content, Node, key, object, pkcs12};
/// use lastmile_sdk::testing::render;
///
/// let body = object! {
///     "name": "a \"b\"",
///     "ttl": 3600,
///     "tags": vec!["edge", "web"],
///     "pair": object! { "certificate": "LEAF\n", "key": key() },
///     "file": Node::base64(pkcs12("site", "password")),
/// };
/// assert_eq!(
///     render(&Vec::from(body)),
///     r#"{"name":"a \"b\"","ttl":3600,"tags":["edge","web"],"#.to_string()
///         + r#""pair":{"certificate":"LEAF\n","key":"«private key»"},"file":"«PKCS#12 site under password»"}"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Anything without a secret, for example what was read from the target.
    Plain(Value),
    /// A string.
    Text(Content),
    /// A string in base64: [`Node::base64`].
    Base64(Content),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members in this order.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// A string that holds the base64 of the content. Text before a secret is filled up with line feeds to a whole
    /// group of bytes, which means nothing between PEM blocks.
    #[must_use]
    pub fn base64(content: impl Into<Content>) -> Self {
        Self::Base64(content.into())
    }

    /// An object of these members; [`object!`](crate::object) reads better.
    #[must_use]
    pub fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Node)>) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The object with this member set, for what was read and is written back with one thing changed. Anything but an
    /// object becomes one.
    ///
    /// ```
    /// use lastmile_sdk::http::{Node, secret};
    /// use lastmile_sdk::testing::render;
    /// let read: serde_json::Value = serde_json::from_str(r#"{"cert":"old","port":443}"#).unwrap();
    /// let written = Node::from(read).with("cert", "new").with("passphrase", secret("passphrase"));
    /// assert_eq!(render(&Vec::from(written)), r#"{"cert":"new","port":443,"passphrase":"«passphrase»"}"#);
    /// ```
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<Node>) -> Self {
        let mut members = self.members();
        let value = value.into();
        match members.iter_mut().find(|(known, _)| known == key) {
            Some((_, present)) => *present = value,
            None => members.push((key.to_string(), value)),
        }
        Self::Object(members)
    }

    fn members(self) -> Vec<(String, Node)> {
        match self {
            Self::Object(members) => members,
            Self::Plain(Value::Object(map)) => {
                map.into_iter().map(|(key, value)| (key, Self::Plain(value))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Plain(value) => writer.text(&value.to_string()),
            Self::Text(content) => quoted(writer, content, Encoding::Json),
            Self::Base64(content) => quoted(writer, content, Encoding::Base64),
            Self::Array(items) => {
                listed(writer, "[", "]", items, |writer, item| item.write(writer));
            }
            Self::Object(members) => listed(writer, "{", "}", members, |writer, (key, value)| {
                writer.text("\"");
                writer.text(&document::json(key));
                writer.text("\":");
                value.write(writer);
            }),
        }
    }
}

fn quoted(writer: &mut Writer, content: &Content, encoding: Encoding) {
    writer.text("\"");
    content.write(writer, encoding);
    writer.text("\"");
}

fn listed<T>(
    writer: &mut Writer,
    open: &str,
    close: &str,
    items: &[T],
    mut write: impl FnMut(&mut Writer, &T),
) {
    writer.text(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            writer.text(",");
        }
        write(writer, item);
    }
    writer.text(close);
}

/// An object of JSON: `object! { "name": "text", "key": key(), (computed): 3 }`.
#[macro_export]
macro_rules! object {
    ($($key:tt : $value:expr),* $(,)?) => {
        $crate::http::Node::object::<&str>([$(($key, $crate::http::Node::from($value))),*])
    };
}

impl From<Node> for Vec<Part> {
    fn from(node: Node) -> Self {
        let mut writer = Writer::default();
        node.write(&mut writer);
        writer.finish()
    }
}

impl From<Content> for Node {
    fn from(content: Content) -> Self {
        Self::Text(content)
    }
}

impl From<Secret> for Node {
    fn from(secret: Secret) -> Self {
        Self::Text(secret.into())
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self::Plain(value)
    }
}

impl From<Map<String, Value>> for Node {
    fn from(map: Map<String, Value>) -> Self {
        Self::Plain(Value::Object(map))
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Plain(Value::Null), Into::into)
    }
}

macro_rules! plain {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Node {
            fn from(value: $kind) -> Self {
                Self::Plain(value.into())
            }
        })*
    };
}

plain!(&str, String, bool, i32, i64, u16, u32, u64);

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}
