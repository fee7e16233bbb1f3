//! `credentials = "web-identity"`: a role for an OpenID token, by AWS's Security Token Service. Its request is not
//! signed; the token is what proves who asks.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::super::caller::{Caller, Loopback, Place, TokenUrl};
use super::super::reply::{element, instant};
use super::{Keys, required};
use crate::capability::net::NetError;

/// What each partition's names end in, by how its regions begin; the rest is `amazonaws.com`.
const SUFFIXES: [(&str, &str); 6] = [
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
];

/// Which role, and by which token.
pub(super) struct Who {
    role: String,
    session: String,
    file: PathBuf,
}

impl Who {
    pub(super) fn new(
        role: Option<&str>,
        file: Option<&Path>,
        caller: &Caller<'_>,
    ) -> Result<Self, NetError> {
        Ok(Self {
            role: role.map_or_else(|| required(caller, "AWS_ROLE_ARN"), |role| Ok(role.to_owned()))?,
            session: (caller.variable)("AWS_ROLE_SESSION_NAME").unwrap_or_else(|| "lastmile".to_owned()),
            file: match file {
                Some(file) => file.to_owned(),
                None => PathBuf::from(required(caller, "AWS_WEB_IDENTITY_TOKEN_FILE")?),
            },
        })
    }
}

pub(super) async fn keys(
    who: &Who,
    region: &str,
    endpoint: Option<&Loopback>,
    caller: &Caller<'_>,
) -> Result<(Keys, Option<SystemTime>), NetError> {
    let token = std::fs::read_to_string(&who.file).map(Zeroizing::new).map_err(|error| {
        NetError::Denied(format!("the token's file {} cannot be read: {error}", who.file.display()))
    })?;
    caller.vault.learn(token.trim().as_bytes());
    let form = [
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", "2011-06-15"),
        ("RoleArn", &who.role),
        ("RoleSessionName", &who.session),
        ("WebIdentityToken", token.trim()),
    ];
    let url: TokenUrl = format!("https://sts.{region}.{}/", suffix(region)).parse().map_err(|_| {
        NetError::Denied(format!("`{region}`, the `region` of the target's `auth`, is no region"))
    })?;
    let answer = caller.post(&Place::public(&url, None).or(endpoint), &form).await?;
    parse(&answer.text(caller.vault, &[])?)
        .ok_or_else(|| NetError::Unreachable("the token service answered no keys with their end".to_owned()))
}

fn suffix(region: &str) -> &'static str {
    let found = SUFFIXES.iter().find(|(begin, _)| region.starts_with(begin));
    found.map_or("amazonaws.com", |(_, suffix)| suffix)
}

/// The service answers in XML.
fn parse(xml: &str) -> Option<(Keys, Option<SystemTime>)> {
    let text = |name| element(xml, name).map(|text| Zeroizing::new(text.to_owned()));
    let keys = Keys {
        access_key_id: text("AccessKeyId")?,
        secret_access_key: text("SecretAccessKey")?,
        session_token: Some(text("SessionToken")?),
    };
    Some((keys, Some(instant(element(xml, "Expiration")?)?)))
}

#[cfg(test)]
mod tests {
    use super::suffix;

    #[test]
    fn each_partition_has_its_own_names() {
        for (region, wanted) in [
            ("eu-central-1", "amazonaws.com"),
            ("us-gov-west-1", "amazonaws.com"),
            ("cn-north-1", "amazonaws.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu"),
            ("us-iso-east-1", "c2s.ic.gov"),
            ("us-isob-east-1", "sc2s.sgov.gov"),
        ] {
            assert_eq!(suffix(region), wanted, "{region}");
        }
    }
}
