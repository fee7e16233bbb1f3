//! The profile `postgresql` as a component of its own.
#![no_std]

server::component!("postgresql", server::profiles::POSTGRESQL);
