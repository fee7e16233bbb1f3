//! The profile `proftpd` as a component of its own.
#![no_std]

server::component!("proftpd", server::profiles::PROFTPD);
