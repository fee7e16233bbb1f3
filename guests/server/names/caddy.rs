//! The profile `caddy` as a component of its own.
#![no_std]

server::component!("caddy", server::profiles::CADDY);
