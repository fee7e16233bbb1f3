//! stunnel 5.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// stunnel 5.
pub const STUNNEL: Profile = Profile {
    name: "stunnel",
    layouts: &[CertificateFirst, Pair],
    settings: &[
        default("pid-file", "/run/stunnel4.pid", "the file with the number of the process that is signalled"),
        default("process", "stunnel4", "that process's name, so that a stale number hits nobody else"),
    ],
    reload: &[Is("/usr/bin/pkill"), Is("-HUP"), Is("-F"), Of("pid-file"), Is("-x"), Of("process")],
    notes: &["A reload that fails is only in stunnel's log, and the old certificate stays: `verify` looks."],
    ..NOTHING
};
