//! Tomcat 8.5 or later, with its manager.

use crate::profile::Layout::{Keystore, Pair};
use crate::profile::Word::{Arguments, Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// Tomcat 8.5 or later, with its manager.
pub const TOMCAT: Profile = Profile {
    name: "tomcat",
    layouts: &[Pair, Keystore("tomcat")],
    settings: &[
        default("program", "/usr/bin/curl", "curl"),
        default(
            "netrc-file",
            "/etc/lastmile/tomcat.netrc",
            "your file with the manager's password: machine HOST login NAME password PASSWORD",
        ),
        default(
            "url",
            "http://127.0.0.1:8080/manager/text/sslReload",
            "the manager's reload; with ?tlsHostName=NAME of that host alone",
        ),
    ],
    group: Some("tomcat"),
    reload: &[
        Of("program"),
        // Nothing of root's own .curlrc.
        Is("--disable"),
        Is("--silent"),
        Is("--show-error"),
        Is("--fail"),
        Is("--netrc-file"),
        Of("netrc-file"),
        Arguments,
        Of("url"),
    ],
    says: "OK - ",
    notes: &[
        "The manager (Debian: tomcat10-admin) must be there, and the user needs the role manager-script. curl checks the manager's certificate; if it needs a root for that, `arguments` is [\"--cacert\", \"/path\"].",
        "The manager answers 200 also when it fails, then with FAIL: the answer is read. Of unreadable files it says 500, and why is in catalina.out; the old certificate stays.",
        "A manager that lets nobody in cannot be told of an undo either: the deployment ends as `unavailable`, the old files are back, and Tomcat never looked at the new ones.",
        "A mismatched pair is OK to it, and every handshake fails: the host proves the pair before, and `verify` looks after.",
        "Tomcat reads the files as the user tomcat: their group is tomcat. `alias` is certificateKeyAlias, `password` is what certificateKeystorePassword says.",
        "`configtest` ends with 0 whatever happens: there is no check.",
    ],
    ..NOTHING
};
