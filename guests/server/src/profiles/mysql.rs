//! MySQL 8.

use crate::profile::Layout::Pair;
use crate::profile::Word::{Is, Joined, Of};
use crate::profile::{NOTHING, Profile, default, optional};

/// MySQL 8.
pub const MYSQL: Profile = Profile {
    name: "mysql",
    layouts: &[Pair],
    settings: &[
        default("program", "/usr/bin/mysql", "the server's program"),
        optional("defaults-file", "an option file with socket, user and password"),
    ],
    owner: Some("mysql"),
    reload: &[
        Of("program"),
        Joined("--defaults-file=", "defaults-file"),
        Is("-e"),
        Is("ALTER INSTANCE RELOAD TLS"),
    ],
    notes: &[
        "The user needs the CONNECTION_ADMIN privilege.",
        "Not proven on a real server here: MariaDB has another statement.",
    ],
    ..NOTHING
};
