//! The door to commands: [`Sandbox::exec`](crate::Sandbox::exec), granted by `process.exec`.
//!
//! A command is an argument list, run without a shell, in the environment that the operator wrote. It must be, argument by
//! argument, what was declared. A program that ran and failed is no error: [`complaint`](crate::failure::complaint)
//! turns its end into words. No sealed part can stand in an argument; in the input it can.
//!
//! ```
//! use lastmile_sdk::failure::complaint;
//! use lastmile_sdk::testing::Double;
//! use lastmile_sdk::{Capability, Command, ExecError, Rollback, Sandbox as _};
//!
//! let reload: Vec<String> = ["/usr/sbin/it", "reload"].map(Into::into).into();
//! let mut sandbox = Double::granting(vec![Capability::ProcessExec(reload.clone())]);
//! // Once it has put files back, the host runs it again: the server must hear of the old ones.
//! let mut command = Command { argv: reload, stdin: vec![], timeout_ms: None, on_rollback: Rollback::Repeat };
//! assert_eq!(complaint("the reload", &sandbox.exec(&command).unwrap()), None);
//!
//! sandbox.exit("reload", 1, "it does not run");
//! let said = complaint("the reload", &sandbox.exec(&command).unwrap());
//! assert_eq!(said.as_deref(), Some("the reload: exit code 1: it does not run"));
//!
//! command.argv.push("--now".into());
//! assert!(matches!(sandbox.exec(&command), Err(ExecError::Denied(_))));
//! ```
//!
//! # What it costs
//!
//! One host call. Arguments and input count towards `bytes-out`, output and errors towards `bytes-in`, of each the
//! last `output-bytes` (64 KiB) alone. A command that an undo repeats, or has another run for, costs one fsync before
//! it runs, as its record must outlive a crash; with [`Rollback::Nothing`](crate::Rollback::Nothing) there is none. Its time is the deployment's:
//! `wall-seconds` ends both, `timeout_ms` can only shorten it.

pub use crate::bindings::lastmile::connector::process::{Command, Error, Output, Rollback, Status};
