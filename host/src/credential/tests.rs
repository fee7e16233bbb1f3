#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;

pub(super) struct Authority {
    pub(super) directory: tempfile::TempDir,
}

/// Certificates are made by OpenSSL: another implementation than the one that reads them.
impl Authority {
    pub(super) fn new() -> Self {
        let authority = Self { directory: tempfile::tempdir().unwrap() };
        authority.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -subj /CN=ca -days 30");
        authority
    }

    pub(super) fn openssl(&self, arguments: &str) -> Vec<u8> {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(self.directory.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// A leaf with a key of this kind; PEM of the leaf and of the key.
    fn leaf(&self, kind: &str) -> (Vec<u8>, Vec<u8>) {
        self.openssl(&format!("genpkey -out leaf.key {kind}"));
        self.openssl("req -new -key leaf.key -subj /CN=a.example -addext subjectAltName=DNS:a.example,IP:127.0.0.1 -out leaf.csr");
        self.openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -copy_extensions copy -days 10 -out leaf.pem");
        (self.read("leaf.pem"), self.read("leaf.key"))
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.directory.path().join(name)).unwrap()
    }

    fn fingerprint(&self, name: &str) -> String {
        let shown = self.openssl(&format!("x509 -in {name} -noout -fingerprint -sha256"));
        let shown = String::from_utf8(shown).unwrap();
        shown.split('=').nth(1).unwrap().trim().replace(':', "").to_lowercase()
    }
}

pub(super) const KINDS: [&str; 4] = [
    "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "-algorithm ED25519",
];

fn parse(certificate: &[u8], chain: &[u8], key: &[u8]) -> Result<Credential, CredentialError> {
    Credential::parse(certificate, chain, Some(key), SystemTime::now(), false)
}

fn fault(certificate: &[u8], chain: &[u8], key: &[u8]) -> CredentialError {
    match parse(certificate, chain, key) {
        Ok(_) => panic!("it was accepted"),
        Err(error) => error,
    }
}

#[test]
fn every_kind_of_key_is_carried_and_rendered_as_openssl_reads_it() {
    let authority = Authority::new();
    for kind in KINDS {
        let (leaf, key) = authority.leaf(kind);
        let credential = parse(&leaf, &authority.read("ca.pem"), &key).unwrap();
        assert_eq!(credential.names(), ["a.example", "127.0.0.1"]);
        assert_eq!(credential.fingerprint(), authority.fingerprint("leaf.pem"));
        assert_eq!(credential.chain_fingerprints(), [authority.fingerprint("ca.pem")]);
        let public = authority.openssl("pkey -in leaf.key -pubout");
        for format in [KeyFormat::Pkcs8, KeyFormat::Traditional] {
            match credential.private_key_pem(format) {
                Ok(pem) => {
                    std::fs::write(authority.directory.path().join("again.key"), pem.expose()).unwrap();
                    assert_eq!(authority.openssl("pkey -in again.key -pubout"), public, "{kind} {format:?}");
                    let again = parse(&leaf, b"", pem.expose()).unwrap();
                    assert_eq!(
                        again.private_key_pem(KeyFormat::Pkcs8).unwrap().expose(),
                        credential.private_key_pem(KeyFormat::Pkcs8).unwrap().expose(),
                        "{kind} {format:?}: the same key in another form is the same key"
                    );
                }
                Err(error) => {
                    assert_eq!((kind, error), ("-algorithm ED25519", CredentialError::NoTraditionalForm));
                }
            }
        }
    }
}

#[test]
fn a_public_half_behind_the_key_is_left_out() {
    let authority = Authority::new();
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap().self_signed(&pair).unwrap();
    let path = authority.directory.path().join("leaf.key");
    std::fs::write(&path, pair.serialize_pem()).unwrap();
    let read =
        |path: &std::path::Path| Command::new("openssl").args(["pkey", "-in"]).arg(path).output().unwrap();
    assert!(!read(&path).status.success(), "OpenSSL 3.0 does not read version 2 of PKCS#8");
    let credential = parse(certificate.pem().as_bytes(), b"", pair.serialize_pem().as_bytes()).unwrap();
    std::fs::write(&path, credential.private_key_pem(KeyFormat::Pkcs8).unwrap().expose()).unwrap();
    assert!(read(&path).status.success());
}

#[test]
fn keys_that_servers_do_not_take_are_refused() {
    let authority = Authority::new();
    for kind in [
        "-algorithm RSA -pkeyopt rsa_keygen_bits:1024",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "-algorithm ED448",
    ] {
        let (leaf, key) = authority.leaf(kind);
        assert_eq!(fault(&leaf, b"", &key), CredentialError::KeyKind, "{kind}");
    }
}

#[test]
fn a_foreign_key_an_empty_one_and_an_encrypted_one_are_told_apart() {
    let authority = Authority::new();
    let (_, foreign) = authority.leaf(KINDS[1]);
    let (leaf, key) = authority.leaf(KINDS[1]);
    assert_eq!(fault(&leaf, b"", &foreign), CredentialError::Mismatch);
    assert_eq!(fault(&leaf, b"", b""), CredentialError::Key);
    assert_eq!(fault(&leaf, b"", b"garbage"), CredentialError::Key);
    assert_eq!(fault(&leaf, b"", &key[..key.len() / 2]), CredentialError::Key);
    authority.openssl("pkey -in leaf.key -aes256 -passout pass:x -out encrypted.key");
    assert_eq!(fault(&leaf, b"", &authority.read("encrypted.key")), CredentialError::KeyEncrypted);
}

#[test]
fn the_chain_must_be_in_order() {
    let authority = Authority::new();
    let (leaf, key) = authority.leaf(KINDS[1]);
    let ca = authority.read("ca.pem");
    let full = [leaf.clone(), b"\njunk between\n".to_vec(), ca.clone()].concat();
    let one = parse(&full, b"", &key).unwrap();
    assert_eq!(one.chain_pem(), parse(&leaf, &ca, &key).unwrap().chain_pem());
    let reversed = [ca.clone(), leaf.clone()].concat();
    assert_eq!(fault(&reversed, b"", &key), CredentialError::ChainOrder { position: 2 });
    let stranger = Authority::new().read("ca.pem");
    assert_eq!(fault(&leaf, &stranger, &key), CredentialError::ChainOrder { position: 2 });
}

#[test]
fn broken_certificates_are_refused() {
    let authority = Authority::new();
    let (leaf, key) = authority.leaf(KINDS[1]);
    assert_eq!(fault(b"", b"", &key), CredentialError::NoCertificate);
    assert_eq!(fault(b"garbage", b"", &key), CredentialError::NoCertificate);
    let der = authority.openssl("x509 -in leaf.pem -outform DER");
    assert!(parse(&der, b"", &key).is_ok());
    for broken in [&der[..der.len() - 9], &[der.as_slice(), b"trailing"].concat()] {
        assert!(matches!(fault(broken, b"", &key), CredentialError::Certificate { position: 1, .. }));
    }
    assert!(parse(&leaf[..leaf.len() / 2], b"", &key).is_err());
}

#[test]
fn dates_are_proven_unless_the_operator_allows_otherwise() {
    let authority = Authority::new();
    let (leaf, key) = authority.leaf(KINDS[1]);
    let day = Duration::from_secs(86_400);
    let at = |now, allow| Credential::parse(&leaf, b"", Some(&key), now, allow);
    let (late, early) = (SystemTime::now() + day * 11, SystemTime::now() - day);
    assert!(matches!(at(late, false), Err(CredentialError::Expired(_))));
    assert!(matches!(at(early, false), Err(CredentialError::NotYetValid(_))));
    assert_eq!(at(late, true).unwrap().warnings().len(), 1);
    assert!(at(SystemTime::now(), false).unwrap().warnings().is_empty());
}

#[test]
fn the_age_command_and_lastmile_open_each_others_sealed_keys() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("identity.age");
    let identity = Identity::generate();
    identity.save(&path).unwrap();
    let age = |arguments: &[&str], input: &[u8]| {
        let mut child =
            Command::new("age").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let theirs = age(&["-a", "-r", &identity.recipient()], b"a key");
    assert_eq!(identity.open(std::str::from_utf8(&theirs).unwrap()).unwrap().expose(), b"a key");
    let ours = seal(b"another key", &[identity.recipient()]).unwrap();
    assert_eq!(age(&["-d", "-i", path.to_str().unwrap()], ours.as_bytes()), b"another key");
}
