//! The profile `dovecot` as a component of its own.
#![no_std]

server::component!("dovecot", server::profiles::DOVECOT);
