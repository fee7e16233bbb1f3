//! Caddy 2, with certificates from files (`tls CERT KEY`).

use crate::profile::Layout::Pair;
use crate::profile::Word::{Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// Caddy 2, with certificates from files (`tls CERT KEY`).
pub const CADDY: Profile = Profile {
    name: "caddy",
    layouts: &[Pair],
    settings: &[
        default("program", "/usr/bin/caddy", "the server's program"),
        default("config-file", "/etc/caddy/Caddyfile", "the Caddyfile or JSON configuration"),
        default("adapter", "caddyfile", "the configuration's adapter"),
        default("address", "localhost:2019", "the admin endpoint"),
    ],
    check: &[
        Of("program"),
        Is("validate"),
        Is("--config"),
        Of("config-file"),
        Is("--adapter"),
        Of("adapter"),
    ],
    reload: &[
        Of("program"),
        Is("reload"),
        Is("--config"),
        Of("config-file"),
        Is("--adapter"),
        Of("adapter"),
        Is("--address"),
        Of("address"),
        Is("--force"),
    ],
    notes: &[
        "Without `--force` a reload of an unchanged Caddyfile ends with 0 and does nothing.",
        "Caddy wants HOME or XDG_DATA_HOME and XDG_CONFIG_HOME under the plugin's `environment`.",
    ],
    ..NOTHING
};
