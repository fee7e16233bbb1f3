//! The profile `stunnel` as a component of its own.
#![no_std]

server::component!("stunnel", server::profiles::STUNNEL);
