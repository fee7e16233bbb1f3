//! Crashes when it is to go back.
#![no_std]

use lastmile_sdk::Connection as _;

hostile::attack!(
    "rollback-trap",
    |sandbox, deployment| {
        sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?.on_rollback("go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| { core::arch::wasm32::unreachable() }
);
