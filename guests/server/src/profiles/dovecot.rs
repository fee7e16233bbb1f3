//! Dovecot 2.3.

use crate::profile::Layout::Pair;
use crate::profile::Word::{Is, Of, With};
use crate::profile::{NOTHING, Profile, default, optional};

/// Dovecot 2.3.
pub const DOVECOT: Profile = Profile {
    name: "dovecot",
    layouts: &[Pair],
    settings: &[
        default("program", "/usr/bin/doveadm", "the server's program"),
        default("checker", "/usr/bin/doveconf", "doveconf"),
        optional("config-file", "dovecot.conf"),
    ],
    check: &[Of("checker"), With("-c", "config-file"), Is("-n")],
    reload: &[Of("program"), With("-c", "config-file"), Is("reload")],
    notes: &[
        "doveconf does not look at the pair; a bad one is taken by the reload without a word, and every new TLS connection is reset: the host proves the pair before, and `verify` looks after.",
    ],
    ..NOTHING
};
