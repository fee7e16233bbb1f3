//! lastmile as its users run it: the real program, real servers, real components.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod acm;
mod command_line;
mod conforming;
mod crash;
mod crash_random;
mod credentials;
mod devices;
mod foreign;
mod foreign_enqueue;
mod haproxy;
mod hostile;
mod kit;
mod moto;
mod nginx;
mod nginx_broken;
mod nginx_credentials;
mod nginx_transfer;
mod openbao;
mod reversible;
mod room;
mod scripted;
mod secrets;
mod servers;
mod shipped;
mod stop;
mod tap;
mod two_hosts;
mod vault;
mod winrm;
