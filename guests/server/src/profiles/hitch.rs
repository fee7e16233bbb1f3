//! Hitch, TLS in front of Varnish.

use crate::profile::Layout::CertificateFirst;
use crate::profile::Word::{Is, Joined, Of};
use crate::profile::{NOTHING, Profile, default};

/// Hitch, TLS in front of Varnish.
pub const HITCH: Profile = Profile {
    name: "hitch",
    layouts: &[CertificateFirst],
    settings: &[
        default("program", "/usr/sbin/hitch", "the server's program"),
        default("config-file", "/etc/hitch/hitch.conf", "hitch's configuration file"),
        default(
            "pid-file",
            "/run/hitch/hitch.pid",
            "the file with the number of the process that is signalled",
        ),
        default("process", "hitch", "that process's name, so that a stale number hits nobody else"),
    ],
    check: &[Of("program"), Is("-t"), Joined("--config=", "config-file")],
    reload: &[Is("/usr/bin/pkill"), Is("-HUP"), Is("-F"), Of("pid-file"), Is("-x"), Of("process")],
    notes: &[
        "Hitch reads a file again only if its time of modification is newer. An undo brings the old file back with its old time: if Hitch had taken the new one up by then, it keeps that until it is restarted. With a `reload` of your own that restarts Hitch, the undo restarts it, too.",
    ],
    ..NOTHING
};
