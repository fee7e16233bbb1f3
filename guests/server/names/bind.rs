//! The profile `bind` as a component of its own.
#![no_std]

server::component!("bind", server::profiles::BIND);
