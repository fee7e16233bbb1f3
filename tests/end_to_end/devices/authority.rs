//! A root, the intermediate that signs, and pairs over every kind of key.

use std::cell::Cell;
use std::fs;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::credentials::openssl;
use crate::room::{Pair, Room, fingerprint, repository};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa2048,
    Rsa4096,
    P256,
    P384,
}

impl Key {
    pub(crate) const ALL: [Self; 4] = [Self::P256, Self::P384, Self::Rsa2048, Self::Rsa4096];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa4096 => "rsa-4096",
            Self::P256 => "p-256",
            Self::P384 => "p-384",
        }
    }

    pub(super) const fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa4096)
    }

    fn generate(self, room: &Room, file: &str) -> KeyPair {
        match self {
            Self::P256 => KeyPair::generate().unwrap(),
            Self::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap(),
            Self::Rsa2048 => KeyPair::from_pem(&rsa(room, 2048, file)).unwrap(),
            Self::Rsa4096 => KeyPair::from_pem(&rsa(room, 4096, file)).unwrap(),
        }
    }
}

/// Made once for all trials, one for each pair's file: finding primes of this size takes longer than all the rest.
fn rsa(room: &Room, bits: u32, file: &str) -> String {
    let directory = repository().join("target/devices/keys");
    let kept = directory.join(format!("{file}-{bits}.pem"));
    if let Ok(pem) = fs::read_to_string(&kept) {
        return pem;
    }
    fs::create_dir_all(&directory).unwrap();
    let pem = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", &format!("rsa_keygen_bits:{bits}")]);
    let fresh = room.file(&format!("rsa-{bits}.pem"));
    fs::write(&fresh, &pem).unwrap();
    // Another trial may have been faster; the directories may lie on two file systems.
    let beside = directory.join(format!("{file}-{bits}.{}", std::process::id()));
    fs::copy(&fresh, &beside).unwrap();
    fs::rename(&beside, &kept).unwrap();
    pem
}

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    intermediate: String,
    fingerprint: String,
    issued: Cell<u8>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let root = Issuer::new(authority("lastmile test root"), KeyPair::generate().unwrap());
        let key = KeyPair::generate().unwrap();
        let parameters = authority("lastmile test intermediate");
        let intermediate = parameters.signed_by(&key, &root).unwrap().pem();
        let fingerprint = fingerprint(&intermediate);
        Self { issuer: Issuer::new(parameters, key), intermediate, fingerprint, issued: Cell::default() }
    }

    /// A leaf for example.test; its certificate's file holds the intermediate behind it.
    pub(crate) fn pair(&self, room: &Room, file: &str, kind: Key) -> Pair {
        let key = kind.generate(room, file);
        let mut parameters = CertificateParams::new(vec!["example.test".to_owned()]).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "example.test");
        // No two end at the same time: some targets show nothing else of a certificate.
        self.issued.set(self.issued.get() + 1);
        parameters.not_after = rcgen::date_time_ymd(2040, 1, self.issued.get());
        let leaf = parameters.signed_by(&key, &self.issuer).unwrap().pem();
        let pair = Pair {
            certificate: room.file(&format!("{file}.pem")),
            key: room.file(&format!("{file}.key")),
            fingerprint: fingerprint(&leaf),
        };
        fs::write(&pair.certificate, leaf + &self.intermediate).unwrap();
        fs::write(&pair.key, key.serialize_pem()).unwrap();
        pair
    }

    /// What a TLS client of this pair is to see.
    pub(crate) fn shown(&self, pair: &Pair) -> serde_json::Value {
        serde_json::json!([pair.fingerprint, self.fingerprint])
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}
