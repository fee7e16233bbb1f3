//! OpenLDAP slapd 2.5, with cn=config.

use crate::profile::Layout::Pair;
use crate::profile::Word::{Is, Joined, Of};
use crate::profile::{NOTHING, Profile, default};

/// OpenLDAP slapd 2.5, with cn=config.
pub const SLAPD: Profile = Profile {
    name: "slapd",
    layouts: &[Pair],
    settings: &[
        default("program", "/usr/bin/ldapmodify", "the server's program"),
        default("uri", "ldapi:///", "where slapd listens for root"),
    ],
    owner: Some("openldap"),
    reload: &[Of("program"), Is("-Y"), Is("EXTERNAL"), Is("-Q"), Is("-H"), Of("uri")],
    stdin: &[
        Is("dn: cn=config"),
        Is("changetype: modify"),
        Is("replace: olcTLSCertificateFile"),
        Joined("olcTLSCertificateFile: ", "certificate"),
        Is("-"),
        Is("replace: olcTLSCertificateKeyFile"),
        Joined("olcTLSCertificateKeyFile: ", "key"),
        Is(""),
    ],
    notes: &[
        "Writing the same names again makes slapd read the files. It tells of bad files only after it has dropped TLS: the host proves the pair before, and puts the old files back and repeats the modify.",
        "SIGHUP ends the server.",
    ],
    ..NOTHING
};
