//! Devices behind HTTP APIs, played by the fakes of tests/fakes, each through the same trial.
//!
//! A target's file says which fake it is, what the operator writes for it, and which keys it takes; the trial
//! (`trial.rs`) is the same for all: the new certificate is served with its chain and survives a reboot, the same
//! again changes nothing, and whatever goes wrong with any request ends well and leaves nothing behind.

mod a10;
mod authority;
mod azure_key_vault;
mod cisco_ise;
mod cloudflare_custom_certificate;
mod crash;
mod device;
mod docker_swarm;
mod f5;
mod faults;
mod fortigate;
mod gcp_certificate_manager;
mod hidden;
mod kemp;
mod kubernetes_tls_secret;
mod netscaler;
mod paloalto;
mod subject;
mod trial;
mod undone;
mod ward;
