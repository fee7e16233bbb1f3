//! The profile `mysql` as a component of its own.
#![no_std]

server::component!("mysql", server::profiles::MYSQL);
