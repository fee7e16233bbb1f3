//! The door to the network: [`Sandbox::dial`](crate::Sandbox::dial), granted by `net.dial`.
//!
//! A connection belongs to one declared endpoint; a request on it has a path and no host. The host speaks TLS, proves who
//! the peer is by the target's `tls`, and adds the credentials of the target's `auth`. Redirects are answers like any other.
//!
//! ```
//! use lastmile_sdk::testing::Double;
//! use lastmile_sdk::{Capability, Connection as _, NetError, Request, Sandbox as _, document};
//!
//! let api = "https://it.example:8443";
//! let mut sandbox = Double::granting(vec![Capability::NetDial(api.into())]);
//! sandbox.answer(201, "");
//! let mut connection = sandbox.dial(api).unwrap();
//! let put = Request {
//!     method: "PUT".into(),
//!     path: "/certificates/site".into(),
//!     headers: vec![("content-type".into(), vec![document::text("application/x-pem-file")])],
//!     body: vec![document::private_key()],
//!     timeout_ms: None,
//! };
//! assert_eq!(connection.request(&put).unwrap().status, 201);
//! // What the connector placed is a name; only the target gets to see the key.
//! assert_eq!(sandbox.requests.borrow()[0].body, "«private key»");
//!
//! assert!(matches!(sandbox.dial("https://other.example"), Err(NetError::Denied(_))));
//! ```
//!
//! After a request that changes something, `unreachable` leaves open whether it arrived: return
//! [`Failure::Uncertain`](crate::Failure::Uncertain), and ask first on every attempt.
//!
//! What was told over the network the connector alone can take back: see [`Reversible`](crate::Reversible). Where a target
//! works on a job, [`wait`](crate::Connection::wait) between two questions.
//!
//! # What it costs
//!
//! One host call for `dial`, `request`, `send`, `receive`, `on_rollback` and `wait` each. Paths, headers, bodies and notes count
//! towards `bytes-out`, answers towards `bytes-in`; one answer has at most `response-bytes` (1 MiB). An open connection is one
//! of 16 `handles` until it is dropped. A new note costs one fsync, as it must outlive a crash; nothing else is journalled.

pub use crate::bindings::lastmile::connector::net::{Error, Request, Response};
