//! Stores are judged by those who read them: Java 17 and OpenSSL 3.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod judge;

use std::time::SystemTime;

use super::super::tests::{Authority, KINDS};
use super::derive::Salts;
use super::*;
use judge::{Java, keytool};

const PASSPHRASE: &str = "correct horse battery";
const FOREIGN: &str = "pässwörd € 🔑";
const ALIASES: [&str; 4] = ["site", "With Spaces", "clé-🔑", "a.Example_1"];
const RSA_4096: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:4096";

/// The kinds of store, with what Java calls them.
const FORMS: [(&str, &str); 3] = [("modern", "PKCS12"), ("legacy", "PKCS12"), ("jks", "JKS")];

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn store(credential: &Credential, form: &str, alias: &str, passphrase: &str) -> Vec<u8> {
    let passphrase = secret(passphrase);
    let store = match form {
        "modern" => credential.pkcs12(alias, &passphrase, Protection::Modern),
        "legacy" => credential.pkcs12(alias, &passphrase, Protection::Legacy),
        "jks" => credential.jks(alias, &passphrase),
        _ => credential.encrypted_private_key_pem(&passphrase),
    };
    store.unwrap().expose().to_vec()
}

/// A leaf with a fresh key below so many intermediates; its files are those of `certified`.
fn credential(authority: &Authority, kind: &str, intermediates: usize) -> Credential {
    authority.openssl(&format!("genpkey {kind} -out leaf.key"));
    certified(authority, intermediates)
}

/// A leaf of `leaf.key`, as `leaf.pem`, below so many intermediates, `0.pem` to the last one.
fn certified(authority: &Authority, intermediates: usize) -> Credential {
    let mut issuer = "ca".to_owned();
    for name in (0..intermediates).rev() {
        authority.openssl(&format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"));
        sign(authority, &name.to_string(), "basicConstraints=critical,CA:TRUE", &issuer);
        issuer = name.to_string();
    }
    sign(authority, "leaf", "subjectAltName=DNS:a.example", &issuer);
    let chain: Vec<u8> = (0..intermediates).flat_map(|name| authority.read(&format!("{name}.pem"))).collect();
    parse(authority, &chain, "leaf.key")
}

fn parse(authority: &Authority, chain: &[u8], key: &str) -> Credential {
    let key = authority.read(key);
    Credential::parse(&authority.read("leaf.pem"), chain, Some(&key), SystemTime::now(), false).unwrap()
}

fn sign(authority: &Authority, name: &str, extension: &str, issuer: &str) {
    authority
        .openssl(&format!("req -new -key {name}.key -subj /CN={name} -addext {extension} -out {name}.csr"));
    authority.openssl(&format!("x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial -copy_extensions copy -days 9 -out {name}.pem"));
}

fn fingerprint(authority: &Authority, certificate: &str) -> String {
    let line = authority.openssl(&format!("x509 -in {certificate}.pem -noout -fingerprint -sha256"));
    String::from_utf8(line).unwrap().split_once('=').unwrap().1.trim().replace(':', "").to_lowercase()
}

/// What Java must say of a store.
fn verdict(authority: &Authority, credential: &Credential, form: &str, alias: &str, depth: usize) -> String {
    let date = if form == "jks" { credential.not_before() } else { 0 };
    let chain: String =
        (0..depth).map(|name| format!(" {}", fingerprint(authority, &name.to_string()))).collect();
    format!("{} {date} {}{chain} signs", alias.to_lowercase(), fingerprint(authority, "leaf"))
}

#[test]
fn java_reads_every_kind_of_key_and_every_length_of_chain() {
    let authority = Authority::new();
    let mut java = Java::new();
    let mut wanted = Vec::new();
    for kind in KINDS.iter().chain([&RSA_4096]) {
        authority.openssl(&format!("genpkey {kind} -out leaf.key"));
        for (depth, alias) in ALIASES.iter().enumerate() {
            let credential = certified(&authority, depth);
            for (form, java_type) in FORMS {
                java.ask(java_type, &store(&credential, form, alias, PASSPHRASE), alias, PASSPHRASE);
                wanted.push(verdict(&authority, &credential, form, alias, depth));
            }
        }
    }
    assert_eq!(java.answers(), wanted);
}

#[test]
fn java_refuses_a_wrong_passphrase() {
    let authority = Authority::new();
    let credential = credential(&authority, KINDS.last().unwrap(), 1);
    let mut java = Java::new();
    for (form, java_type) in FORMS {
        java.ask(java_type, &store(&credential, form, "site", PASSPHRASE), "site", "incorrect horse");
    }
    for answer in java.answers() {
        assert!(answer.starts_with("refused: ") && answer.contains("password was incorrect"), "{answer}");
    }
}

#[test]
fn keytool_lists_every_store_and_refuses_a_wrong_passphrase() {
    let authority = Authority::new();
    for kind in KINDS.iter().chain([&RSA_4096]) {
        let credential = credential(&authority, kind, 2);
        for (form, _) in FORMS {
            let (good, listing) = keytool(&store(&credential, form, "My Site", PASSPHRASE), PASSPHRASE);
            assert!(good, "{kind} {form}: {listing}");
            assert!(listing.contains("Your keystore contains 1 entry"), "{kind} {form}: {listing}");
            assert!(listing.contains("my site, "), "{kind} {form}: {listing}");
            assert!(listing.contains("PrivateKeyEntry"), "{kind} {form}: {listing}");
        }
    }
    let credential = credential(&authority, KINDS.get(1).unwrap(), 0);
    for (form, _) in FORMS {
        let (good, listing) = keytool(&store(&credential, form, "site", PASSPHRASE), "incorrect horse");
        assert!(!good && listing.contains("password was incorrect"), "{form}: {listing}");
    }
}

/// OpenSSL's answer on `file` under this passphrase; its complaint if it has one.
fn openssl(authority: &Authority, command: &str, file: &[u8], passphrase: &str) -> Result<String, String> {
    let path = |name: &str| authority.directory.path().join(name);
    std::fs::write(path("file"), file).unwrap();
    std::fs::write(path("passphrase"), passphrase).unwrap();
    let output = std::process::Command::new("openssl")
        .args(command.split(' '))
        .args(["-in", "file", "-passin", "file:passphrase"])
        .current_dir(authority.directory.path())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    if output.status.success() { Ok(text) } else { Err(text) }
}

/// The public key in OpenSSL's words.
fn public(authority: &Authority, pem: &str) -> Vec<u8> {
    std::fs::write(authority.directory.path().join("read.pem"), pem).unwrap();
    authority.openssl("pkey -in read.pem -pubout")
}

#[test]
fn openssl_reads_every_kind_of_key_under_every_passphrase() {
    let authority = Authority::new();
    let long = "p".repeat(100);
    // 31 and 32 characters end at and behind a block of the key derivation of PKCS#12.
    for (kind, passphrase) in
        KINDS.iter().chain([&RSA_4096]).zip([FOREIGN, &long[..31], &long[..32], &long, PASSPHRASE])
    {
        let credential = credential(&authority, kind, 2);
        let key = authority.openssl("pkey -in leaf.key -pubout");
        for form in ["modern", "legacy"] {
            let file = store(&credential, form, "My Sité", passphrase);
            let text = openssl(&authority, "pkcs12 -nodes", &file, passphrase).unwrap();
            assert_eq!(public(&authority, &text), key, "{kind} {form}");
            assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 3, "{kind} {form}: {text}");
            assert_eq!(text.matches("friendlyName: My Sit").count(), 2, "{kind} {form}: {text}");
            assert_eq!(text.matches("localKeyID").count(), 2, "{kind} {form}: {text}");
            let wrong = openssl(&authority, "pkcs12 -nodes", &file, "incorrect horse").unwrap_err();
            assert!(wrong.contains("invalid password"), "{wrong}");
        }
        let file = store(&credential, "key", "", passphrase);
        assert_eq!(public(&authority, &openssl(&authority, "pkey", &file, passphrase).unwrap()), key);
        assert!(openssl(&authority, "pkey", &file, "incorrect horse").is_err());
    }
}

#[test]
fn the_algorithms_are_what_is_promised() {
    let authority = Authority::new();
    let credential = credential(&authority, KINDS.get(1).unwrap(), 0);
    let info = |form| {
        let file = store(&credential, form, "site", PASSPHRASE);
        openssl(&authority, "pkcs12 -info -noout", &file, PASSPHRASE).unwrap()
    };
    let pbes2 = "PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256";
    let modern = info("modern");
    assert_eq!(modern.matches(pbes2).count(), 2, "{modern}");
    assert!(modern.contains("MAC: sha256, Iteration 10000"), "{modern}");
    let legacy = info("legacy");
    assert_eq!(legacy.matches("pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 10000").count(), 2, "{legacy}");
    assert!(legacy.contains("MAC: sha1, Iteration 10000"), "{legacy}");
    let key = store(&credential, "key", "", PASSPHRASE);
    std::fs::write(authority.directory.path().join("key.pem"), key).unwrap();
    let parsed = String::from_utf8(authority.openssl("asn1parse -in key.pem")).unwrap();
    for word in ["PBES2", "PBKDF2", ":2710", "hmacWithSHA256", "aes-256-cbc"] {
        assert!(parsed.contains(word), "{word}: {parsed}");
    }
}

#[test]
fn java_takes_any_passphrase_for_its_own_store_but_only_ascii_for_pkcs12() {
    let authority = Authority::new();
    let credential = credential(&authority, KINDS.get(1).unwrap(), 0);
    let jks = store(&credential, "jks", "site", FOREIGN);
    let mut java = Java::new();
    java.ask("JKS", &jks, "site", FOREIGN);
    java.ask("PKCS12", &store(&credential, "modern", "site", FOREIGN), "site", FOREIGN);
    let answers = java.answers();
    assert_eq!(answers.first().unwrap(), &verdict(&authority, &credential, "jks", "site", 0));
    assert!(answers.last().unwrap().contains("Password is not ASCII"), "{answers:?}");
    let (good, listing) = keytool(&jks, FOREIGN);
    assert!(good && listing.contains("site, "), "{listing}");
}

#[test]
fn the_same_credential_is_the_same_bytes() {
    let authority = Authority::new();
    let first = credential(&authority, KINDS.first().unwrap(), 1);
    authority.openssl("pkey -in leaf.key -traditional -out traditional.key");
    let again = parse(&authority, &authority.read("0.pem"), "traditional.key");
    for form in ["modern", "legacy", "jks", "key"] {
        let made = |credential, alias, passphrase| store(credential, form, alias, passphrase);
        assert_eq!(made(&first, "site", PASSPHRASE), made(&again, "site", PASSPHRASE), "{form}");
        assert_ne!(made(&first, "site", PASSPHRASE), made(&first, "site", FOREIGN), "{form}");
        let other_alias = made(&first, "site", PASSPHRASE) != made(&first, "other", PASSPHRASE);
        assert_eq!(other_alias, form != "key", "{form}");
    }
}

#[test]
fn whatever_differs_changes_every_salt() {
    let authority = Authority::new();
    let first = credential(&authority, KINDS.get(1).unwrap(), 1);
    let shorter = parse(&authority, b"", "leaf.key");
    sign(&authority, "leaf", "subjectAltName=DNS:b.example", "0");
    let renewed = parse(&authority, &authority.read("0.pem"), "leaf.key");
    let other = credential(&authority, KINDS.get(1).unwrap(), 1);
    let salts = |purpose, credential: &Credential, alias, passphrase| {
        let passphrase = secret(passphrase);
        let salts = Salts::new(purpose, &credential.entry(alias, &passphrase).unwrap());
        let salt = |label, what| salts.bytes::<16>(label, what).unwrap();
        [salt("key", "salt"), salt("key", "iv"), salt("certificates", "salt"), salt("mac", "salt")]
    };
    let all: Vec<[u8; 16]> = [
        salts("a", &first, "site", PASSPHRASE),
        salts("b", &first, "site", PASSPHRASE),
        salts("a", &first, "sites", PASSPHRASE),
        salts("a", &first, "site", FOREIGN),
        salts("a", &shorter, "site", PASSPHRASE),
        salts("a", &renewed, "site", PASSPHRASE),
        salts("a", &other, "site", PASSPHRASE),
    ]
    .concat();
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn what_no_reader_could_open_is_refused() {
    let authority = Authority::new();
    let credential = credential(&authority, KINDS.get(1).unwrap(), 0);
    let fault = |alias: &str, passphrase: &[u8]| {
        credential.pkcs12(alias, &Secret::new(passphrase.to_vec()), Protection::Modern).err().unwrap()
    };
    assert_eq!(fault("site", b""), KeystoreError::EmptyPassphrase);
    assert_eq!(fault("site", b"\xff\xfe123456"), KeystoreError::PassphraseNotText);
    for alias in ["", "two\nlines", "nul\0", &"a".repeat(256)] {
        assert_eq!(fault(alias, b"secret"), KeystoreError::Alias(alias.to_owned()));
    }
    let longest = "é".repeat(255);
    let mut java = Java::new();
    for (form, java_type) in FORMS {
        java.ask(java_type, &store(&credential, form, &longest, PASSPHRASE), &longest, PASSPHRASE);
    }
    assert!(java.answers().iter().all(|answer| answer.starts_with(&longest) && answer.ends_with(" signs")));
    let bare = Credential::parse(&authority.read("leaf.pem"), b"", None, SystemTime::now(), false).unwrap();
    let error = bare.jks("site", &secret(PASSPHRASE)).err().unwrap();
    assert_eq!(error, KeystoreError::Credential(CredentialError::NoKey));
}
