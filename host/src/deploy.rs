//! The saga of one deployment.

pub mod journal;
