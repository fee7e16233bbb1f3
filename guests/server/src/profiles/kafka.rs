//! Kafka 2.0 or later; PEM since 2.7.

use crate::profile::Layout::{KeyFirst, Keystore};
use crate::profile::Word::{Is, Of, One, With};
use crate::profile::{NOTHING, Profile, default, optional};

/// Kafka 2.0 or later; PEM since 2.7.
pub const KAFKA: Profile = Profile {
    name: "kafka",
    layouts: &[Keystore("kafka"), KeyFirst],
    settings: &[
        default("program", "/opt/kafka/bin/kafka-configs.sh", "kafka-configs.sh"),
        default("bootstrap-server", "localhost:9092", "the broker's address"),
        optional("command-config", "your properties file with what a client needs to be let in"),
        default("broker", "0", "the broker's number"),
        default("listener", "ssl", "the listener's name, in small letters"),
    ],
    group: Some("kafka"),
    reload: &[
        Of("program"),
        Is("--bootstrap-server"),
        Of("bootstrap-server"),
        With("--command-config", "command-config"),
        Is("--entity-type"),
        Is("brokers"),
        Is("--entity-name"),
        Of("broker"),
        Is("--alter"),
        Is("--add-config"),
        One(&[Is("listener.name."), Of("listener"), Is(".ssl.keystore.location="), Of("file")]),
    ],
    says: "Completed updating config",
    notes: &[
        "ssl.keystore.type (PKCS12, JKS or PEM), ssl.keystore.password and ssl.key.password of that listener are in server.properties and stay as they are; the last two are the same, and PEM has none.",
        "The path stays the same: Kafka reads the file again because its time of modification is another, after an undo, too.",
        "Kafka refuses a certificate with another subject, or without all the names that the present one has, unless ssl.allow.dn.changes and ssl.allow.san.changes say otherwise (3.7 or later).",
        "One target for each broker. The program starts a Java of its own and may want JAVA_HOME and PATH under the plugin's `environment`.",
        "Not proven on a real server here.",
    ],
    ..NOTHING
};
