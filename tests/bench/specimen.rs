//! Certificates and messages to carry about.

use lastmile::credential::{Credential, Identity, seal};
use lastmile::outbox::{Claim, Message, NewMessage, Payload};

use std::time::SystemTime;

/// A leaf for example.test under an issuer of its own, as a message carries it.
pub(crate) fn message(identity: &Identity, event: &str, target: &str) -> NewMessage {
    let issuer_key = rcgen::KeyPair::generate().unwrap();
    let mut issuer = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
    issuer.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    issuer.distinguished_name.push(rcgen::DnType::CommonName, format!("issuer of {event}"));
    let chain = issuer.self_signed(&issuer_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(issuer, issuer_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["example.test".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap().pem();
    let key = key.serialize_pem();
    let credential =
        Credential::parse(leaf.as_bytes(), chain.as_bytes(), Some(key.as_bytes()), SystemTime::now(), false)
            .unwrap();
    NewMessage {
        event_id: event.to_owned(),
        tenant: "default".to_owned(),
        target: target.to_owned(),
        generation: None,
        fingerprint: credential.fingerprint().to_owned(),
        payload: Payload {
            version: 1,
            certificate: credential.leaf_pem().to_owned(),
            chain: credential.chain_pem().to_owned(),
            key: seal(key.as_bytes(), &[identity.recipient()]).unwrap(),
            not_after: credential.not_after(),
        },
    }
}

/// The message as the outbox would hand it out.
pub(crate) fn claim(message: &NewMessage, id: i64) -> Claim {
    let message = Message {
        id,
        event_id: message.event_id.clone(),
        tenant: message.tenant.clone(),
        target: message.target.clone(),
        generation: 1,
        fingerprint: message.fingerprint.clone(),
        payload: message.payload.clone(),
    };
    Claim { message, fence: 1, attempt: 1, claims: 1, lease_until: i64::MAX }
}
