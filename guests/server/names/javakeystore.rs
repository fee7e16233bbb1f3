//! The profile `javakeystore` as a component of its own.
#![no_std]

server::component!("javakeystore", server::profiles::JAVAKEYSTORE);
