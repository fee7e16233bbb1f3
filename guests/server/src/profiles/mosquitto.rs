//! Eclipse Mosquitto 2.

use crate::profile::Layout::Pair;
use crate::profile::Word::{Is, Of};
use crate::profile::{NOTHING, Profile, default};

/// Eclipse Mosquitto 2.
pub const MOSQUITTO: Profile = Profile {
    name: "mosquitto",
    layouts: &[Pair],
    settings: &[
        default(
            "pid-file",
            "/run/mosquitto/mosquitto.pid",
            "the file with the number of the process that is signalled",
        ),
        default("process", "mosquitto", "that process's name, so that a stale number hits nobody else"),
    ],
    group: Some("mosquitto"),
    reload: &[Is("/usr/bin/pkill"), Is("-HUP"), Is("-F"), Of("pid-file"), Is("-x"), Of("process")],
    notes: &[
        "After its start Mosquitto reads the files as the user mosquitto: the key's group is mosquitto.",
        "Nonsense in mosquitto.conf does not keep SIGHUP from taking the certificate up.",
        "A mismatched pair, or a key that it cannot read, is taken half, and every new handshake fails: the host proves the pair before, and `verify` looks after.",
    ],
    ..NOTHING
};
