//! Text of the connector's own where a grammar has to carry it. Documents escape by themselves.

use alloc::format;
use alloc::string::{String, ToString};

/// Percent-encoded for one segment of a path, a query or a form (RFC 3986): all but unreserved characters.
///
/// ```
/// use lastmile_sdk::http::escape::segment;
/// assert_eq!(format!("/certificates/{}", segment("~Common~a b/ü")), "/certificates/~Common~a%20b%2F%C3%BC");
/// ```
#[must_use]
pub fn segment(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// For XML character data and between the quotes of an attribute. What XML 1.0 cannot carry at all is left out.
///
/// ```
/// use lastmile_sdk::http::escape::xml;
/// assert_eq!(xml("a<b> & \"c\"\r\n\0"), "a&lt;b&gt; &amp; &quot;c&quot;&#13;\n");
/// ```
#[must_use]
pub fn xml(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // A reader would make a line feed of it.
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

/// For the quoted values of a `Content-Disposition` header (the HTML standard's form for multipart).
pub(crate) fn disposition(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A").to_string()
}
