//! The profile `postfix` as a component of its own.
#![no_std]

server::component!("postfix", server::profiles::POSTFIX);
