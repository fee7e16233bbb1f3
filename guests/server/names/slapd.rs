//! The profile `slapd` as a component of its own.
#![no_std]

server::component!("slapd", server::profiles::SLAPD);
