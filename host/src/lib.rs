//! lastmile carries renewed TLS certificates onto the thing that serves them.
//!
//! Data flows one way: outbox → worker → deploy → sandbox → capability → the world.

pub mod capability;
pub mod conformance;
pub mod credential;
pub mod deploy;
pub mod fault;
pub mod grant;
pub mod manifest;
pub mod outbox;
pub mod outcome;
pub mod printable;
pub mod sandbox;
pub mod verify;
pub mod worker;
