//! MongoDB 5.0 or later.

use crate::profile::Layout::KeyFirst;
use crate::profile::Word::{Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// MongoDB 5.0 or later.
pub const MONGODB: Profile = Profile {
    name: "mongodb",
    layouts: &[KeyFirst],
    settings: &[
        default("program", "/usr/bin/mongosh", "the server's program"),
        default(
            "uri",
            "mongodb://localhost:27017/",
            "the connection string; keep passwords in mongosh's own configuration",
        ),
    ],
    owner: Some("mongodb"),
    reload: &[
        Of("program"),
        Is("--quiet"),
        Of("uri"),
        Is("--eval"),
        Is("db.adminCommand({rotateCertificates: 1}).ok"),
    ],
    says: "1",
    notes: &[
        "`net.tls.certificateKeyFile` is the file.",
        "The user needs a role with `rotateCertificates`.",
        "Not proven on a real server here.",
    ],
    ..NOTHING
};
