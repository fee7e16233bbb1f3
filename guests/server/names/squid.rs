//! The profile `squid` as a component of its own.
#![no_std]

server::component!("squid", server::profiles::SQUID);
