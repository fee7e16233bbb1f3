//! The profile `apache` as a component of its own.
#![no_std]

server::component!("apache", server::profiles::APACHE);
