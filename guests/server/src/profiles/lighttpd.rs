//! lighttpd 1.4, with mod_openssl.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// lighttpd 1.4, with mod_openssl.
pub const LIGHTTPD: Profile = Profile {
    name: "lighttpd",
    layouts: &[CertificateFirst, Pair],
    settings: &[
        default("program", "/usr/sbin/lighttpd", "the server's program"),
        default("config-file", "/etc/lighttpd/lighttpd.conf", "lighttpd's configuration file"),
        default("pid-file", "/run/lighttpd.pid", "the file with the number of the process that is signalled"),
        default("process", "lighttpd", "that process's name, so that a stale number hits nobody else"),
    ],
    check: &[Of("program"), Is("-tt"), Is("-f"), Of("config-file")],
    reload: &[Is("/usr/bin/pkill"), Is("-USR1"), Is("-F"), Of("pid-file"), Is("-x"), Of("process")],
    notes: &[
        "`-t` sees no bad pair, `-tt` does; SIGUSR1 with a bad pair would end the server.",
        "While a transfer runs, lighttpd accepts no new connection until the transfer ends: give `verify` the time.",
        "SIGHUP reopens logs and nothing else.",
    ],
    ..NOTHING
};
