//! `credentials = "instance"`: the role of an EC2 instance, by the second version of its metadata service.

use std::net::Ipv4Addr;
use std::time::SystemTime;

use super::super::caller::{Caller, Loopback, Place};
use super::{Keys, session};
use crate::capability::net::NetError;

const ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
/// Of the service's own token, which is used at once, in seconds.
const LIFE: &str = "60";

pub(super) async fn keys(
    endpoint: Option<&Loopback>,
    caller: &Caller<'_>,
) -> Result<(Keys, Option<SystemTime>), NetError> {
    let place = Place::metadata(&ADDRESS.to_string(), ADDRESS, "/latest/api/token".to_owned()).or(endpoint);
    let lived = [("x-aws-ec2-metadata-token-ttl-seconds", LIFE)];
    let pass = caller.ask("PUT", &place, &lived, &[]).await?.text(caller.vault, &[])?;
    caller.vault.learn(pass.as_bytes());
    let shown = [("x-aws-ec2-metadata-token", pass.as_str())];
    let roles = caller.get(&place.at(ROLES.to_owned()), &shown).await?.text(caller.vault, &[])?;
    let role = roles.lines().next().map(str::trim).filter(|role| is_name(role)).ok_or_else(|| {
        NetError::Denied("the instance has no role: attach an instance profile to it".to_owned())
    })?;
    let body = caller.get(&place.at(format!("{ROLES}{role}")), &shown).await?.body(caller.vault, &[])?;
    session::parse(&body, "the instance's metadata service")
}

/// As IAM allows it.
fn is_name(role: &str) -> bool {
    !role.is_empty() && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
}
