//! RabbitMQ 3.

use crate::profile::Layout::{CertificateFirst, Pair};
use crate::profile::Word::{Is, Of, With};
use crate::profile::{NOTHING, Profile, default, optional};

/// RabbitMQ 3.
pub const RABBITMQ: Profile = Profile {
    name: "rabbitmq",
    layouts: &[CertificateFirst, Pair],
    settings: &[
        default("program", "/usr/sbin/rabbitmqctl", "the server's program"),
        optional("node", "the node's name"),
    ],
    owner: Some("rabbitmq"),
    reload: &[Of("program"), With("-n", "node"), Is("eval"), Is("ssl:clear_pem_cache().")],
    says: "ok",
    notes: &[
        "Erlang keeps PEM files for up to two minutes; clearing that cache makes the next handshake read them.",
        "Debian's rabbitmqctl becomes the user rabbitmq and finds the node's cookie; others need HOME under the plugin's `environment`. A node with a port mapper of its own needs ERL_EPMD_PORT there.",
        "The answer is `ok` whatever the files hold, and a bad one fails every handshake: the host proves the pair before, and `verify` looks after.",
    ],
    ..NOTHING
};
