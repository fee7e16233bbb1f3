//! MariaDB 10.4 or later.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Is, Joined, Of};
use crate::profile::{NOTHING, Profile, default, optional};

/// MariaDB 10.4 or later.
pub const MARIADB: Profile = Profile {
    name: "mariadb",
    layouts: &[CertificateFirst, Pair],
    settings: &[
        default("program", "/usr/bin/mariadb-admin", "the server's program"),
        optional("defaults-file", "an option file with socket, user and password"),
    ],
    owner: Some("mysql"),
    reload: &[Of("program"), Joined("--defaults-file=", "defaults-file"), Is("flush-ssl")],
    notes: &[
        "`reload` would flush grants and keep the certificate; `flush-ssl` reloads and tells of bad files.",
        "Root over the local socket needs no `defaults-file`; another user needs one, and the RELOAD privilege. The server reads the files as mysql.",
    ],
    ..NOTHING
};
