//! Opens connections without end when it is to go back.
#![no_std]

hostile::attack!(
    "rollback-handles",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        let endpoint = hostile::text(&deployment.config, "endpoint");
        let mut open = alloc::vec::Vec::new();
        loop {
            open.push(sandbox.dial(&endpoint)?);
        }
    }
);
