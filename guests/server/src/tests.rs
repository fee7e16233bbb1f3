//! The profiles against the SDK's double, and the README against the profiles.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod configuration;
mod conformance;
mod readme;
mod remedies;
mod running;
