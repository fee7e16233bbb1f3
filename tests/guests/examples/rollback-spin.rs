//! Never comes back.
#![no_std]

hostile::attack!(
    "rollback-spin",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        loop {
            core::hint::black_box(0);
        }
    }
);
