//! Certificates of every kind, good and bad.

use std::fs;
use std::process::{Command, Stdio};

use crate::room::{Pair, Room, fingerprint};

/// Runs openssl and returns what it printed.
pub(crate) fn openssl(arguments: &[&str]) -> String {
    let mut openssl = Command::new("openssl");
    let output = openssl.args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A root, and what it signs.
pub(crate) struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "lastmile test root");
        let pem = parameters.self_signed(&key).unwrap().pem();
        Self { issuer: rcgen::Issuer::new(parameters, key), pem }
    }

    /// A leaf for this name; its certificate's file holds the root behind it.
    pub(crate) fn pair(&self, room: &Room, file: &str, name: &str) -> Pair {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        let leaf = parameters.signed_by(&key, &self.issuer).unwrap();
        write(room, file, &format!("{}{}", leaf.pem(), self.pem), &key.serialize_pem())
    }
}

fn write(room: &Room, file: &str, certificate: &str, key: &str) -> Pair {
    let pair = Pair {
        certificate: room.file(&format!("{file}.pem")),
        key: room.file(&format!("{file}.key")),
        fingerprint: fingerprint(certificate),
    };
    fs::write(&pair.certificate, certificate).unwrap();
    fs::write(&pair.key, key).unwrap();
    pair
}

impl Room {
    /// A self-signed certificate over a key that openssl makes of these options.
    pub(crate) fn pair_of(&self, file: &str, key: &[&str]) -> Pair {
        let path = |end: &str| self.file(&format!("{file}.{end}")).display().to_string();
        openssl(&[&["genpkey", "-out", &path("key")], key].concat());
        let subject = ["-subj", "/CN=example.test", "-addext", "subjectAltName=DNS:example.test"];
        let request = ["req", "-x509", "-days", "30", "-key", &path("key"), "-out", &path("pem")];
        openssl(&[&request[..], &subject].concat());
        let pem = fs::read_to_string(path("pem")).unwrap();
        Pair { certificate: path("pem").into(), key: path("key").into(), fingerprint: fingerprint(&pem) }
    }

    /// A certificate whose time is over.
    pub(crate) fn expired(&self, file: &str) -> Pair {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(vec!["example.test".to_owned()]).unwrap();
        parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2021, 1, 1);
        write(self, file, &parameters.self_signed(&key).unwrap().pem(), &key.serialize_pem())
    }
}

impl Pair {
    pub(crate) fn texts(&self) -> (String, String) {
        (fs::read_to_string(&self.certificate).unwrap(), fs::read_to_string(&self.key).unwrap())
    }
}
