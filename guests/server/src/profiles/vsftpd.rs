//! vsftpd 3.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::{NOTHING, Profile};

/// vsftpd 3.
pub const VSFTPD: Profile = Profile {
    name: "vsftpd",
    layouts: &[CertificateFirst, Pair],
    needs_reload: true,
    notes: &[
        "vsftpd reads the certificate at its start only. `reload` must be the operator's way to restart it, for example [\"/usr/bin/systemctl\", \"restart\", \"vsftpd\"]; sessions may die with it.",
        "It does not start with a bad pair or a fault in its configuration, and has no check: let `check` be a script that tries, as `vsftpd FILE -olisten_port=PORT` runs until it is stopped, or ends at once with 2.",
        "`verify` with `starttls = \"ftp\"` looks.",
    ],
    ..NOTHING
};
