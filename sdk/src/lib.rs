//! Write a lastmile connector.
//!
//! A connector is a type that implements [`Connector`]; [`export!`] makes a component of it. It reaches the
//! world through a [`Sandbox`] with three doors: write a file, run a command, dial an endpoint. Each
//! opens only for what the connector declared and the operator granted. Secrets are placed by
//! [`document`] parts that the host fills in; the connector never sees them.
//!
//! | to begin with | |
//! |---|---|
//! | [`server`] | a server that takes its certificate from files: a connector is one function |
//! | [`http`] | a target with an HTTP API: calls, sessions, jobs, what an answer means, the way back |
//! | [`certificate`] | comparing with what a target shows, names, the kind of the key |
//! | [`fs`], [`process`], [`net`] | the three doors: what each does, refuses and costs |
//! | [`Reversible`] | how to take back what the target was told |
//! | [`document`] | what is written and sent, with its sealed parts |
//! | [`config`] | a target's configuration, with every fault at once |
//! | [`failure`] | who is at fault, and whether another attempt helps |
//! | [`testing`] | the double of the sandbox |
//!
//! A call costs a few microseconds; what takes time is an fsync, a command and the network. A fresh instance takes about 10 µs, and
//! nothing that a connector remembers is there in the next one. Every limit (`host-calls`, `bytes-in`, `bytes-out`, `handles`,
//! `memory-bytes`, `wall-seconds`) ends the deployment as `limit`, and the host undoes it.
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
        world: "reversible-connector",
        pub_export_macro: true,
        default_bindings_module: "lastmile_sdk::bindings",
        additional_derives: [PartialEq, Eq, Clone],
    });
}

pub mod certificate;
pub mod config;
mod connector;
pub mod document;
pub mod failure;
pub mod fs;
pub mod http;
pub mod net;
pub mod process;
#[cfg(all(target_arch = "wasm32", feature = "runtime"))]
mod runtime;
mod sandbox;
pub mod server;
#[doc(hidden)]
pub use lastmile_sdk_plain as plain;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

/// The HTTP connector of the guide, compiled as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../docs/write-a-connector.md")]
mod guide {}

pub use bindings::exports::lastmile::connector::connector::{
    Capability, Certificate, Deployment, Failure, Problem, Receipt,
};
pub use bindings::lastmile::connector::types::{
    Encoding, KeyFormat, Keystore, Part, Passphrase, Sealed, Secret,
};
pub use connector::{Connector, Reversible};
pub use fs::{Attributes, Error as FsError, Outcome as Written};
pub use net::{Error as NetError, Request, Response};
pub use process::{Command, Error as ExecError, Output, Rollback, Status};
pub use sandbox::{Connection, Host, Sandbox};
