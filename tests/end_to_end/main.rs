//! lastmile as its users run it: the real program, real servers, real components.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod crash;
mod foreign;
mod hostile;
mod nginx;
mod room;
mod shipped;
