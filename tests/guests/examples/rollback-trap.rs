//! Crashes when it is to go back.
#![no_std]

hostile::attack!(
    "rollback-trap",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| { core::arch::wasm32::unreachable() }
);
