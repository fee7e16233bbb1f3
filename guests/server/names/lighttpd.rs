//! The profile `lighttpd` as a component of its own.
#![no_std]

server::component!("lighttpd", server::profiles::LIGHTTPD);
