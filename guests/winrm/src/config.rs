//! The target's configuration.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;

/// What the operator wrote under the target's `config`.
pub(crate) struct Config {
    pub(crate) endpoint: String,
    pub(crate) store: String,
    /// As netsh names them, `hostnameport=…` or `ipport=…`.
    pub(crate) bindings: Vec<String>,
    pub(crate) legacy: bool,
}

impl Config {
    pub(crate) fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let host: Option<String> =
            fields.required("host", "the Windows host, for example \"web-1.example.com\"");
        let port: Option<u16> = fields.optional("port", "the port of WinRM over HTTPS, 5986 by default");
        let store: Option<String> =
            fields.optional("store", "a store of the machine, for example \"WebHosting\"");
        let bindings: Option<Vec<String>> =
            fields.optional("bindings", "a list, for example [\"www.example.com:443\", \"0.0.0.0:443\"]");
        let legacy: Option<bool> = fields.optional("legacy", "true or false");
        let (host, store) = (host.unwrap_or_default(), store.unwrap_or_else(|| "My".to_string()));
        if !host.is_empty() && !is_host(&host) && !is_address(&host) {
            fields.fault(
                "host",
                "write a host name or an IP address (IPv6 in brackets), without scheme and port",
            );
        }
        if store.is_empty() || !store.bytes().all(|b| b.is_ascii_alphanumeric()) {
            fields.fault("store", "write the name of a store of the machine, letters and digits alone");
        }
        let mut named = Vec::new();
        for (index, binding) in bindings.unwrap_or_default().iter().enumerate() {
            match as_netsh(binding) {
                Some(name) if !named.contains(&name) => named.push(name),
                Some(_) => fields.fault_at(&format!("/bindings/{index}"), "it is there twice; write it once"),
                None => fields.fault_at(
                    &format!("/bindings/{index}"),
                    "it is no binding; write host:port for a site with SNI, or address:port (0.0.0.0:443, [::]:443)",
                ),
            }
        }
        fields.finish()?;
        let endpoint = format!("https://{host}:{}", port.unwrap_or(5986));
        Ok(Self { endpoint, store, bindings: named, legacy: legacy.unwrap_or(false) })
    }
}

/// A site with SNI is found by its name, one without by its address.
fn as_netsh(binding: &str) -> Option<String> {
    let (host, port) = binding.rsplit_once(':')?;
    let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
    if is_address(host) {
        Some(format!("ipport={host}:{port}"))
    } else {
        is_host(host).then(|| format!("hostnameport={}:{port}", host.to_ascii_lowercase()))
    }
}

fn is_address(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    text.parse::<Ipv4Addr>().is_ok() || inner.is_some_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// A DNS name; `*` may be its first label.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    // All digits and dots would be an address that is none.
    text.len() <= 253
        && text.bytes().any(|b| b.is_ascii_alphabetic())
        && text.strip_prefix("*.").unwrap_or(text).split('.').all(label)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn every_problem_is_pointed_at() {
        let pointers = |config: &str| -> Vec<String> {
            Config::parse(config).err().unwrap().into_iter().map(|problem| problem.pointer).collect()
        };
        assert_eq!(pointers("{}"), ["/host"]);
        for host in ["https://x", "x:5986", "x/y", "a b", "1.2.3", "::1"] {
            assert_eq!(pointers(&format!("{{\"host\":\"{host}\"}}")), ["/host"], "{host}");
        }
        let bindings = r#"["www.test:443", "www.test", ":443", "x y:1", "1.2.3:443", "a:0", "WWW.test:443"]"#;
        let wrong =
            ["/bindings/1", "/bindings/2", "/bindings/3", "/bindings/4", "/bindings/5", "/bindings/6"];
        assert_eq!(pointers(&format!("{{\"host\":\"h\",\"bindings\":{bindings}}}")), wrong);
        assert_eq!(pointers(r#"{"host":"h","store":"My\\..","legacy":"yes"}"#), ["/legacy", "/store"]);
        for (binding, name) in [
            ("*.Example.test:8443", "hostnameport=*.example.test:8443"),
            ("10.0.0.1:443", "ipport=10.0.0.1:443"),
            ("[::]:443", "ipport=[::]:443"),
        ] {
            let config = format!("{{\"host\":\"[::1]\",\"bindings\":[\"{binding}\"]}}");
            assert_eq!(Config::parse(&config).ok().unwrap().bindings, [name]);
        }
    }
}
