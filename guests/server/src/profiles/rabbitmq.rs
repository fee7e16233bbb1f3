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
        "rabbitmqctl needs the node's cookie: HOME under the plugin's `environment`, or `run-as = \"rabbitmq\"`.",
    ],
    ..NOTHING
};
