//! `credentials = "container"`: the role of an ECS task or of an EKS pod, as the container's environment says.

use std::net::IpAddr;
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::super::caller::{Caller, Loopback, Place, TokenUrl};
use super::{Keys, session};
use crate::capability::net::NetError;

/// Where ECS answers; then where EKS does, over either protocol.
const ECS: &str = "169.254.170.2";
const KNOWN: [&str; 3] = [ECS, "169.254.170.23", "fd00:ec2::23"];

pub(super) async fn keys(
    endpoint: Option<&Loopback>,
    caller: &Caller<'_>,
) -> Result<(Keys, Option<SystemTime>), NetError> {
    let place = place(caller)?.or(endpoint);
    let proof = proof(caller)?;
    let headers: Vec<(&str, &str)> = proof.iter().map(|proof| ("authorization", proof.as_str())).collect();
    let body = caller.get(&place, &headers).await?.body(caller.vault, &[])?;
    session::parse(&body, "the container's credentials service")
}

fn place(caller: &Caller<'_>) -> Result<Place, NetError> {
    let variable = caller.variable;
    if let Some(path) = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        return metadata(ECS, &path).ok_or_else(|| elsewhere("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
    }
    let Some(url) = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else {
        return Err(NetError::Denied(
            "the host's environment has neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor \
             AWS_CONTAINER_CREDENTIALS_FULL_URI: it runs in no ECS task and no EKS pod with a role"
                .to_owned(),
        ));
    };
    full(&url).ok_or_else(|| elsewhere("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
}

/// AWS's own addresses and this machine in the clear, anything else over TLS.
fn full(url: &str) -> Option<Place> {
    if let Ok(url) = url.parse::<TokenUrl>() {
        return Some(Place::public(&url, None));
    }
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_at_checked(rest.find('/')?)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if KNOWN.contains(&bare) {
        return metadata(bare, path);
    }
    Some(Place::loopback(&format!("http://{host}").parse().ok()?, path.to_owned()))
}

fn metadata(host: &str, path: &str) -> Option<Place> {
    let address: IpAddr = host.parse().ok()?;
    path.starts_with('/').then(|| Place::metadata(host, address, path.to_owned()))
}

fn elsewhere(variable: &str) -> NetError {
    NetError::Denied(format!(
        "the variable {variable} leads elsewhere than to AWS: it may name {}, a loopback address or an https:// URL",
        KNOWN.join(", ")
    ))
}

/// What shows the service who asks. The file is read anew, as it rotates.
fn proof(caller: &Caller<'_>) -> Result<Option<Zeroizing<String>>, NetError> {
    let proof = match (caller.variable)("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(file) => {
            let text = std::fs::read_to_string(&file).map(Zeroizing::new).map_err(|error| {
                NetError::Denied(format!(
                    "the file {file}, which AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names, cannot be read: {error}"
                ))
            })?;
            Some(Zeroizing::new(text.trim().to_owned()))
        }
        None => (caller.variable)("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Zeroizing::new),
    };
    if let Some(proof) = &proof {
        caller.vault.learn(proof.as_bytes());
    }
    Ok(proof)
}

#[cfg(test)]
mod tests {
    use super::full;

    #[test]
    fn the_environment_leads_to_aws_or_stays_here() {
        for good in [
            "http://169.254.170.2/v2/credentials",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
            "http://127.0.0.1:8080/x",
            "https://example.com/x",
        ] {
            assert!(full(good).is_some(), "{good}");
        }
        for bad in [
            "http://169.254.169.254/x",
            "http://169.254.170.2:8080/x",
            "http://example.com/x",
            "http://10.0.0.1/x",
            "http://169.254.170.2@evil.example/x",
            "ftp://169.254.170.2/x",
            "",
        ] {
            assert!(full(bad).is_none(), "{bad}");
        }
    }
}
