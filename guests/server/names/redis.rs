//! The profile `redis` as a component of its own.
#![no_std]

server::component!("redis", server::profiles::REDIS);
