//! Redis 6.2 or later.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Arguments, Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// Redis 6.2 or later.
pub const REDIS: Profile = Profile {
    name: "redis",
    layouts: &[CertificateFirst, Pair],
    settings: &[default("program", "/usr/bin/redis-cli", "the server's program")],
    owner: Some("redis"),
    reload: &[
        Of("program"),
        Is("-e"),
        Arguments,
        Is("CONFIG"),
        Is("SET"),
        Is("tls-cert-file"),
        Of("certificate"),
        Is("tls-key-file"),
        Of("key"),
    ],
    says: "OK",
    notes: &[
        "`arguments` says how to reach it, for example [\"-s\", \"/run/redis/redis.sock\"]; a password belongs into REDISCLI_AUTH under the plugin's `environment`.",
        "Without `-e` redis-cli ends with 0 whatever the server says.",
    ],
    ..NOTHING
};
