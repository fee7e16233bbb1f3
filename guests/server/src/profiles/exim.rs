//! Exim 4.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Is, Of, With};
use crate::profile::{NOTHING, Profile, default, optional};

/// Exim 4.
pub const EXIM: Profile = Profile {
    name: "exim",
    layouts: &[CertificateFirst, Pair],
    settings: &[
        default("program", "/usr/sbin/exim4", "the server's program"),
        optional("config-file", "exim's configuration file"),
    ],
    group: Some("Debian-exim"),
    check: &[Of("program"), With("-C", "config-file"), Is("-bV")],
    notes: &[
        "Exim watches the files and takes them up within 5 s: give `verify` 12 attempts, which wait 8 s. A reload by SIGHUP would refuse connections for a moment.",
        "The files are read as the user Debian-exim: the key's group is Debian-exim.",
        "Leave `tls_privatekey` unset or let it name the same file: one file is replaced in one step, two are not.",
    ],
    ..NOTHING
};
