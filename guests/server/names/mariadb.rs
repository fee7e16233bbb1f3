//! The profile `mariadb` as a component of its own.
#![no_std]

server::component!("mariadb", server::profiles::MARIADB);
