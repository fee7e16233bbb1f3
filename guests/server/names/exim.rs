//! The profile `exim` as a component of its own.
#![no_std]

server::component!("exim", server::profiles::EXIM);
