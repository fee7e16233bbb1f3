//! The profile `hitch` as a component of its own.
#![no_std]

server::component!("hitch", server::profiles::HITCH);
