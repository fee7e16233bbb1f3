//! The profile `kafka` as a component of its own.
#![no_std]

server::component!("kafka", server::profiles::KAFKA);
