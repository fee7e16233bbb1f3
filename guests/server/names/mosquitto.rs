//! The profile `mosquitto` as a component of its own.
#![no_std]

server::component!("mosquitto", server::profiles::MOSQUITTO);
