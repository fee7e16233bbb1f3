//! Dials somebody else when it is to go back.
#![no_std]

hostile::attack!(
    "rollback-undeclared",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        sandbox.dial("https://192.0.2.1:443")?;
    }
);
