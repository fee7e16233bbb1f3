//! Just enough DER to write PKCS#12, PKCS#8 and the key inside a Java KeyStore.
//!
//! Parts are results themselves, so that a structure reads as its ASN.1 does and fails once, at its end.

use pkcs8::ObjectIdentifier;
use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{self, Encode, Tag, TagNumber};

pub(super) type Der = Result<Vec<u8>, der::Error>;

fn element(tag: Tag, content: &[u8]) -> Der {
    AnyRef::new(tag, content)?.to_der()
}

fn collect(parts: impl IntoIterator<Item = Der>) -> Result<Vec<Vec<u8>>, der::Error> {
    parts.into_iter().collect()
}

pub(super) fn sequence(parts: impl IntoIterator<Item = Der>) -> Der {
    element(Tag::Sequence, &collect(parts)?.concat())
}

/// SET OF, in DER's order.
pub(super) fn set(parts: impl IntoIterator<Item = Der>) -> Der {
    let mut parts = collect(parts)?;
    parts.sort();
    element(Tag::Set, &parts.concat())
}

pub(super) fn oid(oid: ObjectIdentifier) -> Der {
    oid.to_der()
}

pub(super) fn null() -> Der {
    AnyRef::NULL.to_der()
}

pub(super) fn integer(number: u32) -> Der {
    number.to_der()
}

pub(super) fn octets(bytes: &[u8]) -> Der {
    element(Tag::OctetString, bytes)
}

pub(super) fn bmp_string(utf16: &[u8]) -> Der {
    element(Tag::BmpString, utf16)
}

/// `[0] EXPLICIT`.
pub(super) fn explicit(inner: Der) -> Der {
    element(Tag::ContextSpecific { constructed: true, number: TagNumber(0) }, &inner?)
}

/// `[0] IMPLICIT OCTET STRING`.
pub(super) fn implicit_octets(bytes: &[u8]) -> Der {
    element(Tag::ContextSpecific { constructed: false, number: TagNumber(0) }, bytes)
}
