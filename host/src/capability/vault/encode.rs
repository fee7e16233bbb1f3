//! How a sealed part is written where it stands.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::FillError;
use crate::capability::document::{Encoding, SecretRef};

pub(super) fn encode(
    secret: &SecretRef,
    bytes: &[u8],
    encoding: Encoding,
) -> Result<Zeroizing<Vec<u8>>, FillError> {
    let text = |name| std::str::from_utf8(bytes).map_err(|_| FillError::NotText(secret.clone(), name));
    Ok(match encoding {
        Encoding::Raw => Zeroizing::new(bytes.to_vec()),
        Encoding::Base64 => Zeroizing::new(STANDARD.encode(bytes).into_bytes()),
        Encoding::Json => json(text("JSON")?),
        Encoding::Url => url(bytes),
        Encoding::Xml => xml(text("XML")?),
    })
}

/// The inside of a JSON string.
pub(super) fn json(text: &str) -> Zeroizing<Vec<u8>> {
    // Six bytes for every byte is the most that an escape takes: the vector never grows.
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() * 6));
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            c if c < ' ' => out.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes()),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
pub(in crate::capability) fn url(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len() * 3));
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// XML character data, in quotes as well.
pub(super) fn xml(text: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() * 6));
    for c in text.chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\'' => out.extend_from_slice(b"&apos;"),
            // A bare carriage return would be read back as a line feed (XML 1.0, 2.11).
            '\r' => out.extend_from_slice(b"&#13;"),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out
}
