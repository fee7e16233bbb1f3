//! Waits for ever when it is to go back.
#![no_std]

use lastmile_sdk::Connection as _;

hostile::attack!(
    "rollback-wait",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        let endpoint = hostile::text(&deployment.config, "endpoint");
        let mut connection = sandbox.dial(&endpoint)?;
        while connection.wait(u32::MAX).is_ok() {}
    }
);
