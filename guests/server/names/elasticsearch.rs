//! The profile `elasticsearch` as a component of its own.
#![no_std]

server::component!("elasticsearch", server::profiles::ELASTICSEARCH);
