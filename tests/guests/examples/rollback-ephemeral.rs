//! Asks for a passphrase of the deployment that is over.
#![no_std]

use lastmile_sdk::{Connection as _, Encoding, Part, Sealed, Secret};

hostile::attack!(
    "rollback-ephemeral",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        let endpoint = hostile::text(&deployment.config, "endpoint");
        let secret = Secret::Ephemeral("pass".into());
        let mut request = hostile::get("/echo");
        request.body = alloc::vec![Part::Sealed(Sealed { secret, encoding: Encoding::Raw })];
        sandbox.dial(&endpoint)?.request(&request)?;
    }
);
