//! The servers that are known by name.
//!
//! Every reload, check and pitfall here was tried on the real server unless its notes say otherwise.

mod apache;
mod bind;
mod caddy;
mod dovecot;
mod elasticsearch;
mod exim;
mod hitch;
mod javakeystore;
mod kafka;
mod lighttpd;
mod mariadb;
mod mongodb;
mod mosquitto;
mod mysql;
mod postfix;
mod postgresql;
mod proftpd;
mod rabbitmq;
mod redis;
mod slapd;
mod squid;
mod stunnel;
mod tomcat;
mod vsftpd;

pub use apache::APACHE;
pub use bind::BIND;
pub use caddy::CADDY;
pub use dovecot::DOVECOT;
pub use elasticsearch::ELASTICSEARCH;
pub use exim::EXIM;
pub use hitch::HITCH;
pub use javakeystore::JAVAKEYSTORE;
pub use kafka::KAFKA;
pub use lighttpd::LIGHTTPD;
pub use mariadb::MARIADB;
pub use mongodb::MONGODB;
pub use mosquitto::MOSQUITTO;
pub use mysql::MYSQL;
pub use postfix::POSTFIX;
pub use postgresql::POSTGRESQL;
pub use proftpd::PROFTPD;
pub use rabbitmq::RABBITMQ;
pub use redis::REDIS;
pub use slapd::SLAPD;
pub use squid::SQUID;
pub use stunnel::STUNNEL;
pub use tomcat::TOMCAT;
pub use vsftpd::VSFTPD;

use crate::profile::Profile;

/// All of them, in the order of their names.
pub const ALL: &[&Profile] = &[
    &APACHE,
    &BIND,
    &CADDY,
    &DOVECOT,
    &ELASTICSEARCH,
    &EXIM,
    &HITCH,
    &JAVAKEYSTORE,
    &KAFKA,
    &LIGHTTPD,
    &MARIADB,
    &MONGODB,
    &MOSQUITTO,
    &MYSQL,
    &POSTFIX,
    &POSTGRESQL,
    &PROFTPD,
    &RABBITMQ,
    &REDIS,
    &SLAPD,
    &SQUID,
    &STUNNEL,
    &TOMCAT,
    &VSFTPD,
];
