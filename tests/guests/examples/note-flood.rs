//! Notes a million things.
#![no_std]

use lastmile_sdk::Connection as _;

hostile::attack!(
    "note-flood",
    |sandbox, deployment| {
        let endpoint = hostile::text(&deployment.config, "endpoint");
        let mut connection = sandbox.dial(&endpoint)?;
        for number in 0..1_000_000 {
            let _ = connection.on_rollback(&alloc::format!("{number}"));
        }
    },
    |sandbox, deployment, notes| {}
);
