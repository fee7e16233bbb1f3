//! Waits for seven weeks.
#![no_std]

use lastmile_sdk::Connection as _;

hostile::attack!("net-wait", |sandbox, deployment| {
    let endpoint = hostile::text(&deployment.config, "endpoint");
    sandbox.dial(&endpoint)?.wait(u32::MAX)?;
});
