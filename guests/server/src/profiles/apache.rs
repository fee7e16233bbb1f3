//! Apache httpd 2.4.

use crate::profile::Layout::Pair;
use crate::profile::Word::{Arguments, Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// Apache httpd 2.4.
pub const APACHE: Profile = Profile {
    name: "apache",
    layouts: &[Pair],
    settings: &[default("program", "/usr/sbin/apache2", "the server's program")],
    check: &[Of("program"), Arguments, Is("-t")],
    reload: &[Of("program"), Arguments, Is("-k"), Is("graceful")],
    notes: &[
        "A mismatched pair passes `-t` and kills the whole server at `graceful`, which still ends with 0: the host proves the pair before.",
        "Debian's own configuration needs `environment` under the plugin: APACHE_RUN_USER, APACHE_RUN_GROUP, APACHE_PID_FILE, APACHE_RUN_DIR, APACHE_LOCK_DIR and APACHE_LOG_DIR, as in /etc/apache2/envvars.",
        "`graceful` starts a server that does not run.",
    ],
    ..NOTHING
};
