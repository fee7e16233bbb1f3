//! The profile `vsftpd` as a component of its own.
#![no_std]

server::component!("vsftpd", server::profiles::VSFTPD);
