//! A Java keystore for any program that reads one.

use crate::profile::Layout::Keystore;
use crate::profile::Word::{Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// A Java keystore for any program that reads one.
pub const JAVAKEYSTORE: Profile = Profile {
    name: "javakeystore",
    layouts: &[Keystore("site")],
    settings: &[default("keytool", "/usr/bin/keytool", "the JDK's keytool")],
    check: &[Of("keytool"), Is("-list"), Is("-keystore"), Of("file"), Is("-alias"), Of("alias")],
    check_reads_password: true,
    check_says: "PrivateKeyEntry",
    notes: &[
        "keytool reads the file back with the password on its standard input. It sees whether Java opens the store and finds the key's entry, not whether the program looks for that entry: `verify` does.",
        "`reload` is yours, where the program does not look by itself.",
    ],
    ..NOTHING
};
