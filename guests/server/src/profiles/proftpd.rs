//! ProFTPD 1.3, with mod_tls.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Is, Of, With};
use crate::profile::{NOTHING, Profile, default, optional};

/// ProFTPD 1.3, with mod_tls.
pub const PROFTPD: Profile = Profile {
    name: "proftpd",
    layouts: &[CertificateFirst, Pair],
    settings: &[
        default("program", "/usr/sbin/proftpd", "the server's program"),
        optional("config-file", "proftpd.conf"),
    ],
    check: &[Of("program"), With("-c", "config-file"), Is("-t")],
    notes: &[
        "Each session reads the files without being asked: let TLSRSACertificateFile (or TLSECCertificateFile) and its key name the same file, so that both are replaced in one step.",
        "SIGHUP with a bad file ends the server; it is not needed.",
        "`-t` does not look at the pair; between a new key and its certificate every session ends before the greeting. `verify` with `starttls = \"ftp\"` looks.",
    ],
    ..NOTHING
};
