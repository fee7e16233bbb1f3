//! The door against fakes that run in this process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod dial;
pub(super) mod fake;
mod http;
mod raw;
mod rotation;
mod secrets;
mod trust;
