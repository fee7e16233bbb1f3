//! Which addresses an endpoint may lead to.
//!
//! | class                                                              | may be dialled                           |
//! |--------------------------------------------------------------------|------------------------------------------|
//! | metadata, link-local, multicast, broadcast, unspecified, reserved  | never, not even as a literal             |
//! | IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo | never: write the IPv4 address itself  |
//! | loopback                                                           | literally, or by the name `localhost`    |
//! | private: RFC 1918, RFC 6598, RFC 2544, RFC 4193                    | literally                                |
//! | everything else                                                    | yes                                      |
//!
//! "Literally" means that the endpoint's host is an IP address, so that the operator who granted it saw
//! where it leads. A name may change its mind after it was granted (DNS rebinding); hence a name that leads
//! inside is refused, and so is one of whose addresses a single one does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::NetError;
use crate::grant::Endpoint;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Public,
    Loopback,
    Private,
    Never(&'static str),
}

/// Accepts `addresses` as where `endpoint` leads, all of them or none.
pub(super) fn judge(endpoint: &Endpoint, addresses: &[IpAddr]) -> Result<(), NetError> {
    let literal = endpoint.host.parse::<IpAddr>().is_ok();
    for &address in addresses {
        let refused = match class(address) {
            Class::Public => None,
            Class::Loopback if literal || endpoint.host == "localhost" => None,
            Class::Private if literal => None,
            Class::Loopback => Some("a loopback address; only an endpoint that names it leads there"),
            Class::Private => Some("a private address; only an endpoint that names it leads there"),
            Class::Never(what) => Some(what),
        };
        if let Some(what) = refused {
            return Err(NetError::Denied(format!("`{endpoint}` leads to {address}, {what}")));
        }
    }
    Ok(())
}

fn class(address: IpAddr) -> Class {
    match address {
        IpAddr::V4(address) => class_v4(address),
        IpAddr::V6(address) => class_v6(address),
    }
}

fn class_v4(address: Ipv4Addr) -> Class {
    match address.octets() {
        // AWS, Azure, GCP and most others; AWS containers; Alibaba; Azure's wire server; Oracle.
        [169, 254, 169, 254] | [169, 254, 170, 2 | 23] | [100, 100, 100, 200] | [168, 63, 129, 16] => {
            Class::Never("a cloud's metadata service")
        }
        [169, 254, ..] => Class::Never("a link-local address"),
        [0, ..] => Class::Never("an unspecified address"),
        [192, 0, 0, _] => Class::Never("a reserved address"),
        [224..=239, ..] => Class::Never("a multicast address"),
        [255, 255, 255, 255] => Class::Never("the broadcast address"),
        [240..=255, ..] => Class::Never("a reserved address"),
        [127, ..] => Class::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] | [198, 18 | 19, ..] => {
            Class::Private
        }
        _ => Class::Public,
    }
}

fn class_v6(address: Ipv6Addr) -> Class {
    const METADATA: [Ipv6Addr; 3] = [
        Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
        Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
        Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
    ];
    const HIDDEN: Class = Class::Never("an IPv4 address inside an IPv6 one");
    if METADATA.contains(&address) {
        return Class::Never("a cloud's metadata service");
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Class::Never("the unspecified address"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Class::Loopback,
        // Compatible, mapped and translated; NAT64 of both kinds; Teredo; 6to4.
        [0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, _, 0, ..] => HIDDEN,
        [0x64, 0xff9b, ..] | [0x2001, 0, ..] | [0x2002, ..] => HIDDEN,
        [0xfe80..=0xfebf, ..] => Class::Never("a link-local address"),
        [0xfec0..=0xfeff, ..] => Class::Never("a site-local address, which RFC 3879 withdrew"),
        [0xff00..=0xffff, ..] => Class::Never("a multicast address"),
        [0xfc00..=0xfdff, ..] => Class::Private,
        // 2000::/3 is all that was ever given out.
        [0x2000..=0x3fff, ..] => Class::Public,
        _ => Class::Never("a reserved address"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn allowed(endpoint: &str, address: &str) -> bool {
        judge(&endpoint.parse().unwrap(), &[address.parse().unwrap()]).is_ok()
    }

    #[test]
    fn some_addresses_are_never_dialled() {
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.1.1",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!allowed("tcp://db.example:1", address), "{address}");
            assert!(!allowed(&format!("tcp://{address}:1"), address), "{address}");
        }
        for address in [
            "::",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2001:0:1::1",
            "2002:7f00:1::",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "4000::1",
        ] {
            assert!(!allowed("tcp://db.example:1", address), "{address}");
            assert!(!allowed(&format!("tcp://[{address}]:1"), address), "{address}");
        }
    }

    #[test]
    fn inside_is_reached_only_where_the_endpoint_names_it() {
        for address in ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"]
            .into_iter()
            .chain(["100.64.0.1", "198.18.0.1"])
        {
            assert!(allowed(&format!("tcp://{address}:1"), address), "{address}");
            assert!(!allowed("tcp://db.example:1", address), "{address}");
        }
        for address in ["::1", "fc00::1", "fd12::1"] {
            assert!(allowed(&format!("tcp://[{address}]:1"), address), "{address}");
            assert!(!allowed("tcp://db.example:1", address), "{address}");
        }
        assert!(allowed("tcp://localhost:1", "127.0.0.1"));
        assert!(allowed("tcp://localhost:1", "::1"));
        assert!(!allowed("tcp://localhost:1", "10.0.0.1"));
        assert!(!allowed("tcp://localhost.example:1", "127.0.0.1"));
    }

    #[test]
    fn public_addresses_are_dialled_by_name() {
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2001:4860::1", "2a00::1"] {
            assert!(allowed("tcp://db.example:1", address), "{address}");
        }
    }

    #[test]
    fn one_bad_address_spoils_the_answer() {
        let endpoint = "tcp://db.example:1".parse().unwrap();
        let both = ["8.8.8.8".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        let error = judge(&endpoint, &both).unwrap_err().to_string();
        assert!(error.contains("tcp://db.example:1") && error.contains("127.0.0.1"), "{error}");
    }
}
