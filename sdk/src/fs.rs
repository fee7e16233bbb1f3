//! The door to files: [`Sandbox::write`](crate::Sandbox::write), granted by `fs.write`.
//!
//! A write replaces the whole file, atomically: a reader sees the old content or the new one. What is there already,
//! with its mode and owner, is left alone. There is no reading, no listing and no removing: what a target holds is for the host
//! to compare, and what a failed deployment wrote is for the host to put back.
//!
//! ```
//! use lastmile_sdk::testing::Double;
//! use lastmile_sdk::{Attributes, Capability, FsError, Sandbox as _, Written, document};
//!
//! let mut sandbox = Double::granting(vec![Capability::FsWrite("/etc/it/tls/".into())]);
//! let private = Attributes { mode: 0o600, owner: None, group: None };
//! let key = [document::private_key()];
//! assert_eq!(sandbox.write("/etc/it/tls/site.key", &key, &private), Ok(Written::Created));
//! assert_eq!(sandbox.write("/etc/it/tls/site.key", &key, &private), Ok(Written::Unchanged));
//!
//! // Beyond what was declared, and where everybody could read the key.
//! assert!(matches!(sandbox.write("/etc/other", &key, &private), Err(FsError::Denied(_))));
//! let open = Attributes { mode: 0o644, owner: None, group: None };
//! assert!(matches!(sandbox.write("/etc/it/tls/site.key", &key, &open), Err(FsError::Denied(_))));
//! ```
//!
//! # What it costs
//!
//! | | host calls | `bytes-out` | fsyncs |
//! |---|---|---|---|
//! | a file that is as it should be | 1 | path and content | none |
//! | a file that is written | 1 | path and content | 1, and 1 for its directory at the end |
//! | the first step of a deployment that changes something | | | and 2 for the journal |
//!
//! Content is counted as the connector hands it over; nobody pays for what the host fills in. Name every file that
//! is replaced in the declaration, rather than its directory: the journal then records them all with one fsync.

pub use crate::bindings::lastmile::connector::fs::{Attributes, Error, Outcome};
