//! Filling in and taking out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod bundles;

use std::time::SystemTime;

use super::*;
use crate::capability::document::{Encoding, Keystore, Passphrase};
use crate::credential::Protection;

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
    Vault::new(Arc::new(credential), secrets())
}

fn secrets() -> BTreeMap<String, Secret> {
    BTreeMap::from([
        ("password".to_owned(), Secret::new(b"p\"ss <w>&\n/rd".to_vec())),
        ("empty".to_owned(), Secret::new(Vec::new())),
        ("binary".to_owned(), Secret::new(vec![0xff, 0xfe, 1, 2, 3, 4, 5])),
    ])
}

impl Vault {
    /// The vault of another deployment of the same credential.
    pub(crate) fn again(&self) -> Self {
        Self::new(Arc::clone(&self.credential), secrets())
    }
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
    for encoding in [Encoding::Raw, Encoding::Base64, Encoding::Json, Encoding::Url, Encoding::Xml] {
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

#[test]
fn a_deployment_has_few_ephemeral_secrets() {
    let vault = vault();
    let make = |number: usize| {
        let secret = SecretRef::Ephemeral(number.to_string());
        vault.fill(&vec![Part::Sealed { secret, encoding: Encoding::Raw }])
    };
    for number in (0..16).chain(0..16) {
        assert!(make(number).is_ok());
    }
    assert!(matches!(make(16), Err(FillError::TooManyEphemerals(16))));
}

#[test]
fn a_secret_placed_again_and_again_fills_no_memory() {
    let (vault, mib) = (vault(), 1 << 20);
    let text = |bytes: usize| Part::Text("a".repeat(bytes));
    assert_eq!(vault.fill(&vec![text(15 * mib), text(mib)]).unwrap().len(), 16 * mib);
    assert!(matches!(vault.fill(&vec![text(15 * mib), text(mib + 1)]), Err(FillError::TooLong(_))));
    let key = SecretRef::PrivateKey(KeyFormat::Pkcs8);
    let keys = vec![Part::Sealed { secret: key, encoding: Encoding::Raw }; 100_000];
    assert!(matches!(vault.fill(&keys), Err(FillError::TooLong(_))));
}

fn locked(locked: Locked, encoding: Encoding) -> Document {
    vec![Part::Sealed { secret: SecretRef::Locked(locked), encoding }]
}

fn under(password: Passphrase) -> Keystore {
    Keystore { alias: "site".to_owned(), password }
}

fn named(name: &str) -> Passphrase {
    Passphrase::Named(name.to_owned())
}

/// One of each kind.
fn all_locked(passphrase: &Passphrase) -> [Locked; 4] {
    [
        Locked::PrivateKey(passphrase.clone()),
        Locked::Pkcs12(under(passphrase.clone()), Protection::Modern),
        Locked::Pkcs12(under(passphrase.clone()), Protection::Legacy),
        Locked::Jks(under(passphrase.clone())),
    ]
}

#[test]
fn a_store_opens_with_the_passphrase_that_is_named() {
    let vault = vault();
    let ephemeral = Passphrase::Ephemeral("once".to_owned());
    for (passphrase, placed) in [
        (named("password"), sealed("password", Encoding::Raw)),
        (
            ephemeral,
            Part::Sealed { secret: SecretRef::Ephemeral("once".to_owned()), encoding: Encoding::Raw },
        ),
    ] {
        let secret = Secret::new(vault.fill(&vec![placed]).unwrap().to_vec());
        let credential = &vault.credential;
        let direct = [
            credential.encrypted_private_key_pem(&secret).unwrap(),
            credential.pkcs12("site", &secret, Protection::Modern).unwrap(),
            credential.pkcs12("site", &secret, Protection::Legacy).unwrap(),
            credential.jks("site", &secret).unwrap(),
        ];
        for (wanted, direct) in all_locked(&passphrase).into_iter().zip(direct) {
            assert_eq!(vault.fill(&locked(wanted, Encoding::Raw)).unwrap().as_slice(), direct.expose());
        }
    }
}

#[test]
fn a_store_that_cannot_be_locked_says_which_secret_is_at_fault() {
    let vault = vault();
    let text = |passphrase, alias: &str| {
        let store = Keystore { alias: alias.to_owned(), password: passphrase };
        vault.fill(&locked(Locked::Jks(store), Encoding::Raw)).unwrap_err().to_string()
    };
    assert!(text(named("other"), "a").contains("no secret `other`"));
    assert!(
        text(named("empty"), "a")
            .starts_with("the Java keystore \"a\" under `empty`: its passphrase is empty")
    );
    assert!(text(named("binary"), "a").contains("is not UTF-8"));
    assert!(text(named("password"), "").contains("1 to 255 characters"));
}

#[test]
fn scrubbing_finds_what_was_rendered() {
    let vault = vault();
    for wanted in all_locked(&named("password")) {
        for encoding in [Encoding::Raw, Encoding::Base64, Encoding::Url] {
            let store = vault.fill(&locked(wanted.clone(), encoding)).unwrap();
            let answer = [b"error: ".as_slice(), &store, b" refused"].concat();
            assert_eq!(vault.scrub(&answer), b"error: [sealed] refused", "{wanted} {encoding:?}");
        }
    }
    let key = vault.fill(&locked(Locked::PrivateKey(named("password")), Encoding::Raw)).unwrap();
    let one_line = std::str::from_utf8(&key).unwrap().lines().nth(2).unwrap().to_owned();
    assert_eq!(vault.scrub(format!("bad line `{one_line}`").as_bytes()), b"bad line `[sealed]`");
}

#[test]
fn a_store_is_rendered_once_and_a_deployment_has_few() {
    let vault = vault();
    let store = |number: usize| {
        let store = Keystore { alias: format!("site-{number}"), password: named("password") };
        vault.fill(&locked(Locked::Jks(store), Encoding::Raw))
    };
    for number in (0..16).chain(0..16) {
        assert!(store(number).is_ok());
    }
    assert_eq!(vault.rendered.all().len(), 16);
    assert!(matches!(store(16), Err(FillError::TooMany(16))));
    assert_eq!(vault.scrub(b"anything"), b"anything");
    assert_eq!(vault.rendered.all().len(), 16, "a scrub renders nothing");
}

#[test]
fn on_the_way_back_only_the_targets_own_secrets_are_filled_in_and_all_are_hidden() {
    let known = vault();
    let back = Vault::on_the_way_back(Arc::clone(&known.credential), secrets());
    for secret in [SecretRef::PrivateKey(KeyFormat::Pkcs8), SecretRef::Ephemeral("pass".to_owned())] {
        let part = Part::Sealed { secret, encoding: Encoding::Raw };
        assert!(matches!(back.fill(&vec![part]), Err(FillError::Gone(_))));
    }
    assert!(back.fill(&vec![sealed("password", Encoding::Raw)]).is_ok());
    let key = known.credential.private_key_pem(KeyFormat::Pkcs8).unwrap();
    assert_eq!(back.scrub(key.expose()), b"[sealed]");
}
