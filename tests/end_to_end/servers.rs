//! Real servers that read their certificate from files, each through the same trial.
//!
//! A server's file says how it is started, what the operator writes for it, and what is peculiar to it; the trial
//! (`trial.rs`) is the same for all: the new certificate is served, sessions live through it, the same again
//! does nothing, and whatever is broken ends with the old certificate served and the old files in place.

mod apache;
mod bad_pair;
mod dovecot;
mod exim;
mod hitch;
mod postfix;
mod proftpd;
mod stunnel;
mod subject;
mod trial;
mod vsftpd;
