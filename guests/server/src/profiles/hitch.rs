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
    notes: &["Hitch tells a new file by its time of modification; lastmile never keeps an old one."],
    ..NOTHING
};
