//! The names of a certificate, and whether a server's name is among them.

use rustls::client::verify_server_name;
use rustls::server::ParsedCertificate;
use rustls_pki_types::{CertificateDer, ServerName};
use x509_parser::prelude::{GeneralName, X509Certificate};

use super::{Credential, CredentialError};

impl Credential {
    /// Proves that clients who ask for this DNS name or IP address would take the leaf for its holder's. The rules
    /// are RFC 9525's: only subject alternative names count, and `*` stands for the whole of one leftmost label.
    ///
    /// # Errors
    ///
    /// [`CredentialError::Name`], with the names that it has.
    pub fn prove_name(&self, name: &str) -> Result<(), CredentialError> {
        let leaf = CertificateDer::from(self.leaf_der());
        let parsed = ParsedCertificate::try_from(&leaf);
        let server = ServerName::try_from(name);
        match (parsed, server) {
            (Ok(parsed), Ok(server)) if verify_server_name(&parsed, &server).is_ok() => Ok(()),
            _ => Err(CredentialError::Name { wanted: name.to_owned(), names: self.listed() }),
        }
    }

    fn listed(&self) -> String {
        if self.names().is_empty() { "none".to_owned() } else { self.names().join(", ") }
    }
}

/// The DNS names and IP addresses.
pub(super) fn of(leaf: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = leaf.subject_alternative_name() else { return Vec::new() };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|sixteen| std::net::Ipv6Addr::from(sixteen).to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::time::SystemTime;

    use super::*;

    fn credential(names: &[&str]) -> Credential {
        let key = rcgen::KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut parameters = rcgen::CertificateParams::new(names).unwrap();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "common.test");
        let certificate = parameters.self_signed(&key).unwrap();
        Credential::parse(certificate.pem().as_bytes(), b"", None, SystemTime::now(), false).unwrap()
    }

    #[test]
    fn a_name_is_covered_as_clients_see_it() {
        let credential = credential(&["shop.test", "*.wild.test", "192.0.2.7", "2001:db8::7"]);
        for name in ["shop.test", "SHOP.test", "a.wild.test", "192.0.2.7", "2001:db8:0::7"] {
            assert_eq!(credential.prove_name(name), Ok(()), "{name}");
        }
        for name in
            ["www.shop.test", "wild.test", "a.b.wild.test", "common.test", "192.0.2.8", "2001:db8::8", "a b"]
        {
            assert!(matches!(credential.prove_name(name), Err(CredentialError::Name { .. })), "{name}");
        }
    }

    #[test]
    fn an_address_is_no_name_and_a_name_no_address() {
        assert!(credential(&["*.2.0.192"]).prove_name("192.0.2.7").is_err());
        assert!(credential(&["192.0.2.7"]).prove_name("a.test").is_err());
    }

    #[test]
    fn the_refusal_says_both_names() {
        let said = |names: &[&str]| credential(names).prove_name("shop.test").unwrap_err().to_string();
        assert!(
            said(&["a.test", "b.test"])
                .starts_with("the certificate is for a.test, b.test, not for shop.test")
        );
        assert!(said(&[]).starts_with("the certificate is for none, not for shop.test"));
    }
}
