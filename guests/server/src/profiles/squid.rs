//! Squid 5, with OpenSSL (`https_port`).

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Arguments, Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// Squid 5, with OpenSSL (`https_port`).
pub const SQUID: Profile = Profile {
    name: "squid",
    layouts: &[CertificateFirst, Pair],
    settings: &[
        default("program", "/usr/sbin/squid", "the server's program"),
        default("config-file", "/etc/squid/squid.conf", "squid.conf"),
    ],
    check: &[Of("program"), Is("-k"), Is("parse"), Is("-f"), Of("config-file"), Arguments],
    reload: &[Of("program"), Is("-k"), Is("reconfigure"), Is("-f"), Of("config-file"), Arguments],
    notes: &[
        "Squid closes its listening socket for a moment and refuses connections meanwhile.",
        "SIGHUP with a bad pair ends the server; `-k reconfigure` looks first.",
    ],
    ..NOTHING
};
