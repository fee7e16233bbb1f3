//! Write a lastmile connector.
//!
//! A connector is a type that implements [`Connector`]; [`export!`] makes a component of it. It reaches the
//! world through a [`Sandbox`] with three doors: write a file, run a command, dial an endpoint. Each
//! opens only for what the connector declared and the operator granted. Secrets are placed by
//! [`document`] parts that the host fills in; the connector never sees them.
//!
//! Natively, [`testing::Double`] stands in for the sandbox, so that a connector's unit tests need no
//! WebAssembly at all.
#![no_std]

extern crate alloc;

#[allow(clippy::all, clippy::restriction, missing_docs, unsafe_code, reason = "generated from wit/")]
pub mod bindings {
    //! The contract as wit-bindgen generates it from `wit/`.
    wit_bindgen::generate!({
        path: "../wit",
        world: "deployment-connector",
        pub_export_macro: true,
        default_bindings_module: "lastmile_sdk::bindings",
        additional_derives: [PartialEq, Eq, Clone],
    });
}

pub mod config;
mod connector;
pub mod document;
pub mod failure;
#[cfg(doctest)]
mod guide;
#[cfg(all(target_arch = "wasm32", feature = "runtime"))]
mod runtime;
mod sandbox;
pub mod server;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use bindings::exports::lastmile::connector::connector::{
    Capability, Certificate, Deployment, Failure, Problem, Receipt,
};
pub use bindings::lastmile::connector::fs::{Attributes, Error as FsError, Outcome as Written};
pub use bindings::lastmile::connector::net::{Error as NetError, Request, Response};
pub use bindings::lastmile::connector::process::{Command, Error as ExecError, Output, Rollback, Status};
pub use bindings::lastmile::connector::types::{
    Encoding, KeyFormat, Keystore, Part, Passphrase, Sealed, Secret,
};
pub use connector::Connector;
pub use sandbox::{Connection, Host, Sandbox};
