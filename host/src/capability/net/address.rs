//! Where an endpoint's name leads, and whether anybody may go there.
//!
//! Metadata services, link-local, multicast, unspecified and IPv4 inside IPv6 are always refused. Loopback
//! and private addresses are reached only where the endpoint itself is such an address (or `localhost`): a
//! public name that suddenly resolves to one is DNS rebinding.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::NetError;
use crate::grant::Endpoint;

pub(super) async fn resolve(endpoint: &Endpoint, left: Duration) -> Result<SocketAddr, NetError> {
    let host = endpoint.host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = host.parse::<IpAddr>() {
        refuse(ip, true).map_err(|why| NetError::Denied(format!("{endpoint}: {why}")))?;
        return Ok(SocketAddr::new(ip, endpoint.port));
    }
    let lookup = tokio::time::timeout(left, tokio::net::lookup_host((host, endpoint.port))).await;
    let addresses: Vec<SocketAddr> = lookup
        .map_err(|_| NetError::Unreachable(format!("{host} was not resolved in {left:?}")))?
        .map_err(|error| NetError::Unreachable(format!("{host}: {error}")))?
        .collect();
    // All of them: otherwise whoever answers for the name could let the second one through.
    for address in &addresses {
        let named = host == "localhost" && address.ip().is_loopback();
        refuse(address.ip(), named)
            .map_err(|why| NetError::Denied(format!("{endpoint} resolves to {}: {why}", address.ip())))?;
    }
    addresses.first().copied().ok_or_else(|| NetError::Unreachable(format!("{host} has no address")))
}

/// Why an address is not dialled. `named`: the endpoint itself is this address.
fn refuse(ip: IpAddr, named: bool) -> Result<(), &'static str> {
    match ip {
        IpAddr::V4(ip) => refuse_v4(ip, named),
        IpAddr::V6(ip) => refuse_v6(ip, named),
    }
}

fn refuse_v4(ip: Ipv4Addr, named: bool) -> Result<(), &'static str> {
    const METADATA: [Ipv4Addr; 3] =
        [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];
    let [a, b, ..] = ip.octets();
    if ip.is_link_local() || METADATA.contains(&ip) {
        return Err("link-local and metadata addresses are never dialled");
    }
    if ip.is_multicast() || ip.is_broadcast() || ip.is_unspecified() || a == 0 || a >= 240 {
        return Err("it is no host's own address");
    }
    let inside = ip.is_loopback() || ip.is_private() || (a == 100 && (64..128).contains(&b));
    if inside && !named {
        return Err("a name may not lead to a loopback or private address: grant the address itself");
    }
    Ok(())
}

fn refuse_v6(ip: Ipv6Addr, named: bool) -> Result<(), &'static str> {
    let [first, second, ..] = ip.segments();
    let embeds = ip.to_ipv4().is_some() && !ip.is_loopback() && !ip.is_unspecified();
    let translated =
        (first == 0x64 && second == 0xff9b) || first == 0x2002 || (first == 0x2001 && second == 0);
    if embeds || translated {
        return Err("IPv4 inside IPv6 is never dialled");
    }
    if ip.is_unspecified() || ip.is_multicast() {
        return Err("it is no host's own address");
    }
    if first & 0xffc0 == 0xfe80 || ip == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254) {
        return Err("link-local and metadata addresses are never dialled");
    }
    if (ip.is_loopback() || first & 0xfe00 == 0xfc00) && !named {
        return Err("a name may not lead to a loopback or private address: grant the address itself");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn addresses_that_are_never_dialled() {
        for ip in [
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "ff02::1",
            "fe80::1",
            "fd00:ec2::254",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "2001:0:1::1",
        ] {
            assert!(refuse(ip.parse().unwrap(), true).is_err(), "{ip}");
        }
    }

    #[test]
    fn inside_addresses_only_by_their_own_name() {
        for ip in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "100.64.0.1",
            "::1",
            "fd12::1",
        ] {
            assert!(refuse(ip.parse().unwrap(), true).is_ok(), "{ip}");
            assert!(refuse(ip.parse().unwrap(), false).is_err(), "{ip}");
        }
        for ip in ["1.1.1.1", "2606:4700::1111"] {
            assert!(refuse(ip.parse().unwrap(), false).is_ok(), "{ip}");
        }
    }
}
