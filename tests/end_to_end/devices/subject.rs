//! One kind of device: what the operator writes for it, and what it is known to take.

use serde_json::Value;

use super::authority::Key;

#[derive(Clone, Copy)]
pub(crate) struct Subject {
    /// The component's name; that of the report too.
    pub(crate) name: &'static str,
    /// The fake's file in tests/fakes.
    pub(crate) fake: &'static str,
    /// What the fake is told of itself.
    pub(crate) options: fn() -> Value,
    /// The target's secrets: name and value. Each is in the environment of the program that the test runs.
    pub(crate) secrets: &'static [(&'static str, &'static str)],
    /// `config` and `auth` of the target, as lines of TOML, for a device at this port of 127.0.0.1. `ISSUER` stands for where the
    /// fake of a cloud issues tokens.
    pub(crate) target: fn(u16) -> String,
    /// The kinds of keys that it refuses, before it was asked anything that changes it.
    pub(crate) refuses: &'static [Key],
    /// Whether its requests carry their credentials each, and there is no session.
    pub(crate) sessionless: bool,
    /// Whether a deployment that failed is taken back on the device.
    pub(crate) goes_back: bool,
}
