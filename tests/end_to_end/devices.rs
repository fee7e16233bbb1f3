//! Devices behind HTTP APIs, played by the fakes of tests/fakes, each through the same trial.
//!
//! A target's file says which fake it is, what the operator writes for it, and which keys it takes; the trial
//! (`trial.rs`) is the same for all: the new certificate is served with its chain and survives a reboot, the same
//! again changes nothing, and whatever goes wrong with any request ends well and leaves nothing behind.

mod authority;
mod cisco_ise;
mod crash;
mod device;
mod f5;
mod faults;
mod hidden;
mod kemp;
mod subject;
mod trial;
mod undone;
mod ward;
