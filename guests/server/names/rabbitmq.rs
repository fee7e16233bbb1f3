//! The profile `rabbitmq` as a component of its own.
#![no_std]

server::component!("rabbitmq", server::profiles::RABBITMQ);
