//! What a request is given: the same for every kind of `auth` once it is at hand.

use std::time::SystemTime;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::capability::net::NetError;
use crate::capability::net::sigv4::{Signable, Signer};
use crate::capability::vault::Vault;

/// A string that is wiped when it is dropped.
pub(super) fn sealed<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(from).map(Zeroizing::new)
}

/// The same, where there may be none.
pub(super) fn sealed_if_any<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Zeroizing<String>>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.map(Zeroizing::new))
}

/// A header of a request that is about to leave.
pub(in crate::capability::net) type Header = (String, Zeroizing<String>);

/// Credentials at hand.
#[derive(PartialEq, Eq)]
pub(in crate::capability::net) enum Credentials {
    None,
    Header(Header),
    Aws(Signer),
}

impl Credentials {
    /// `Authorization: Bearer`, for a token that can stand there.
    pub(super) fn bearer(token: &str, whose: &str) -> Result<Self, NetError> {
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(NetError::Denied(format!("{whose} is no token: it is empty, or holds a space")));
        }
        Ok(Self::Header(("authorization".to_owned(), Zeroizing::new(format!("Bearer {token}")))))
    }

    /// The headers to add to `request`, whose sealed parts are filled in already. `service` is the
    /// connector's choice where a signature may be for several.
    pub(in crate::capability::net) fn headers(
        &self,
        request: &Signable<'_>,
        service: Option<&str>,
        now: SystemTime,
    ) -> Result<Vec<Header>, NetError> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Header(header) => Ok(vec![header.clone()]),
            Self::Aws(signer) => signer.sign(request, service, now),
        }
    }

    /// An answer may repeat them, in the form in which they were sent.
    pub(super) fn teach(&self, vault: &Vault) {
        match self {
            Self::None => {}
            Self::Header((_, value)) => {
                vault.learn(value.split_once(' ').map_or(value.as_str(), |(_, rest)| rest).as_bytes());
            }
            Self::Aws(signer) => signer.secrets().for_each(|secret| vault.learn(secret.as_bytes())),
        }
    }
}
