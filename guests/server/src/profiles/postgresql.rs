//! PostgreSQL 10 or later.

use crate::profile::Layout::Pair;
use crate::profile::Word::{Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// PostgreSQL 10 or later.
pub const POSTGRESQL: Profile = Profile {
    name: "postgresql",
    layouts: &[Pair],
    settings: &[
        default("program", "/usr/lib/postgresql/15/bin/pg_ctl", "pg_ctl of the server's version"),
        default("data", "/var/lib/postgresql/15/main", "the data directory"),
    ],
    owner: Some("postgres"),
    reload: &[Of("program"), Is("-D"), Of("data"), Is("reload")],
    notes: &[
        "pg_ctl refuses root: write `run-as = \"postgres\"` under the plugin.",
        "A reload with bad files succeeds and changes nothing; only the log tells. `verify` with `starttls = \"postgres\"` looks.",
        "The key belongs to postgres with mode 0600, or to root with group postgres and 0640; otherwise it is refused: set `group` only together with `owner = \"root\"`.",
        "Nonsense in postgresql.conf does not keep a reload from taking the certificate up.",
    ],
    ..NOTHING
};
