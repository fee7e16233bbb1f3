//! Real servers that read their certificate from files, each through the same trial.
//!
//! A server's file says how it is started, what the operator writes for it, and what is peculiar to it; the trial
//! (`trial.rs`) is the same for all: the new certificate is served, sessions live through it, the same again
//! does nothing, and whatever is broken ends with the old certificate served and the old files in place.

mod apache;
mod bad_pair;
mod bind;
mod caddy;
mod dovecot;
mod envoy;
mod exim;
mod haproxy;
mod hitch;
mod javakeystore;
mod javastore;
mod lighttpd;
mod mariadb;
mod misfortune;
mod mosquitto;
mod mount;
mod nginx;
mod place;
mod postfix;
mod postgresql;
mod proftpd;
mod rabbitmq;
mod redis;
mod slapd;
mod squid;
mod stunnel;
mod subject;
mod tomcat;
mod traefik;
mod trap;
mod trial;
mod vsftpd;
