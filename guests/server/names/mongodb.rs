//! The profile `mongodb` as a component of its own.
#![no_std]

server::component!("mongodb", server::profiles::MONGODB);
