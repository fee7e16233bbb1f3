//! BIND 9.18, DNS over TLS and over HTTPS.

use crate::profile::Layout::Pair;
use crate::profile::Word::{Is, Of, With};
use crate::profile::{NOTHING, Profile, default, optional};

/// BIND 9.18, DNS over TLS and over HTTPS.
pub const BIND: Profile = Profile {
    name: "bind",
    layouts: &[Pair],
    settings: &[
        default("program", "/usr/sbin/rndc", "rndc"),
        optional("rndc-config", "rndc's own configuration file"),
        default("checker", "/usr/bin/named-checkconf", "named-checkconf"),
        default("config-file", "/etc/bind/named.conf", "named.conf"),
    ],
    group: Some("bind"),
    check: &[Of("checker"), Of("config-file")],
    reload: &[Of("program"), With("-c", "rndc-config"), Is("reconfig")],
    notes: &[
        "`rndc reconfig` tells of bad files itself and keeps the old ones in memory.",
        "named reads the files as its own user: the key's group is `bind`.",
    ],
    ..NOTHING
};
