//! Postfix 3.4 or later, `smtpd_tls_chain_files`.

use crate::profile::Layout::KeyFirst;
use crate::profile::Word::{Is, Of, With};
use crate::profile::{NOTHING, Profile, default, optional};

/// Postfix 3.4 or later, `smtpd_tls_chain_files`.
pub const POSTFIX: Profile = Profile {
    name: "postfix",
    layouts: &[KeyFirst],
    settings: &[
        default("program", "/usr/sbin/postfix", "the server's program"),
        optional("config-directory", "the directory of main.cf"),
    ],
    check: &[Of("program"), With("-c", "config-directory"), Is("check")],
    reload: &[Of("program"), With("-c", "config-directory"), Is("reload")],
    notes: &[
        "The key stands first: certificate first would switch TLS off.",
        "Each new smtpd process reads the file without being asked, so it must be one file; a bad one makes senders go on in clear text.",
        "The reload is for the smtpd processes that are there: each serves up to 100 connections with what it has read.",
    ],
    ..NOTHING
};
