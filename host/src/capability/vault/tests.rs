//! Filling in and taking out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::SystemTime;

use super::*;
use crate::capability::document::Encoding;

pub(crate) fn vault() -> Vault {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["example.test".to_owned()]).unwrap().self_signed(&key).unwrap();
    let credential = Credential::parse(
        certificate.pem().as_bytes(),
        b"",
        Some(key.serialize_pem().as_bytes()),
        SystemTime::now(),
        false,
    )
    .unwrap();
    let named = BTreeMap::from([
        ("password".to_owned(), Secret::new(b"p\"ss <w>&\n/rd".to_vec())),
        ("binary".to_owned(), Secret::new(vec![0xff, 0xfe, 1, 2, 3, 4, 5])),
    ]);
    Vault::new(Arc::new(credential), named)
}

fn sealed(name: &str, encoding: Encoding) -> Part {
    Part::Sealed { secret: SecretRef::Named(name.to_owned()), encoding }
}

#[test]
fn every_encoding_is_what_its_reader_expects() {
    let vault = vault();
    let fill = |encoding| {
        let filled = vault.fill(&vec![sealed("password", encoding)]).unwrap();
        String::from_utf8(filled.to_vec()).unwrap()
    };
    assert_eq!(fill(Encoding::Raw), "p\"ss <w>&\n/rd");
    assert_eq!(fill(Encoding::Base64), STANDARD_OF_PASSWORD);
    let json: String = serde_json::from_str(&format!("\"{}\"", fill(Encoding::Json))).unwrap();
    assert_eq!(json, "p\"ss <w>&\n/rd");
    assert_eq!(fill(Encoding::Url), "p%22ss%20%3Cw%3E%26%0A%2Frd");
    assert_eq!(fill(Encoding::Xml), "p&quot;ss &lt;w&gt;&amp;\n/rd");
}

/// `printf 'p"ss <w>&\n/rd' | base64`
const STANDARD_OF_PASSWORD: &str = "cCJzcyA8dz4mCi9yZA==";

#[test]
fn what_cannot_be_filled_in_says_why() {
    let vault = vault();
    let text = |document| vault.fill(&document).unwrap_err().to_string();
    assert!(text(vec![sealed("other", Encoding::Raw)]).contains("no secret `other`"));
    assert!(text(vec![sealed("binary", Encoding::Json)]).contains("not UTF-8"));
    assert!(text(vec![Part::BodyLength(0)]).contains("request headers only"));
}

#[test]
fn a_header_ends_where_its_value_ends() {
    let vault = vault();
    let smuggled = vec![Part::Text("a\r\nX-Evil: 1".to_owned())];
    assert!(matches!(vault.fill_header(&smuggled, 0), Err(FillError::Header)));
    assert!(matches!(vault.fill_header(&vec![sealed("password", Encoding::Raw)], 0), Err(FillError::Header)));
    let range = vec![Part::Text("bytes 0-".to_owned()), Part::BodyLength(-1)];
    assert_eq!(vault.fill_header(&range, 10).unwrap().as_str(), "bytes 0-9");
}

#[test]
fn an_ephemeral_secret_is_the_same_within_a_deployment_and_no_other() {
    let part = |name: &str| {
        vec![Part::Sealed { secret: SecretRef::Ephemeral(name.to_owned()), encoding: Encoding::Raw }]
    };
    let (one, two) = (vault(), vault());
    let first = one.fill(&part("a")).unwrap();
    assert_eq!(*first, *one.fill(&part("a")).unwrap());
    assert_ne!(*first, *one.fill(&part("b")).unwrap());
    assert_ne!(*first, *two.fill(&part("a")).unwrap());
    assert_eq!(first.len(), 32);
    assert_eq!(one.scrub(&first), b"[sealed]");
    let later = one.fill(&part("made after the first look")).unwrap();
    assert_eq!(one.scrub(&later), b"[sealed]");
}

#[test]
fn scrubbing_finds_the_secret_in_every_encoding() {
    let vault = vault();
    for encoding in [Encoding::Raw, Encoding::Base64, Encoding::Json, Encoding::Url] {
        let secret = vault.fill(&vec![sealed("password", encoding)]).unwrap();
        let answer = [b"error: ".as_slice(), &secret, b" refused"].concat();
        assert_eq!(vault.scrub(&answer), b"error: [sealed] refused", "{encoding:?}");
    }
    let key = vault.fill(&vec![Part::Sealed {
        secret: SecretRef::PrivateKey(KeyFormat::Pkcs8),
        encoding: Encoding::Raw,
    }]);
    let key = key.unwrap();
    let one_line = std::str::from_utf8(&key).unwrap().lines().nth(1).unwrap().to_owned();
    let scrubbed = vault.scrub(format!("bad line `{one_line}`").as_bytes());
    assert_eq!(scrubbed, b"bad line `[sealed]`");
    assert_eq!(vault.scrub(b"nothing to see"), b"nothing to see");
}
