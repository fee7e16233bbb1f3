//! Where a target's API is.

use alloc::format;
use alloc::string::String;
use core::num::NonZeroU16;

use super::Fields;

impl Fields {
    /// The endpoint `https://host:port` of a host that must be there and a port that may be.
    ///
    /// ```
    /// use lastmile_sdk::config::Fields;
    /// let mut fields = Fields::parse(r#"{ "host": "bigip-1.example.test" }"#).unwrap();
    /// assert_eq!(fields.endpoint("host", "port", 8443).as_deref(), Some("https://bigip-1.example.test:8443"));
    /// ```
    pub fn endpoint(&mut self, host: &'static str, port: &'static str, default_port: u16) -> Option<String> {
        let name: Option<String> = self.required(host, "the name or address of the host");
        let port = self.optional(port, "a port from 1 to 65535").map_or(default_port, NonZeroU16::get);
        let name = name?;
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if bare.is_empty() || !bare.chars().all(legal) {
            self.fault(host, "write the name or address of the host alone, without scheme, port and path");
            return None;
        }
        Some(if bare.contains(':') {
            format!("https://[{bare}]:{port}")
        } else {
            format!("https://{bare}:{port}")
        })
    }

    /// An endpoint of the operator's own that may be there, for a service that has a well-known one.
    pub fn optional_endpoint(&mut self, key: &'static str) -> Option<String> {
        let what = "an endpoint as scheme://host:port, for example \"https://vault.example.test:8200\"";
        let endpoint: String = self.optional(key, what)?;
        let rest = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        let port =
            rest.and_then(|rest| rest.rsplit_once(':')).and_then(|(_, port)| port.parse::<NonZeroU16>().ok());
        if port.is_none() {
            self.fault(key, &format!("write {what}"));
            return None;
        }
        Some(endpoint)
    }
}
