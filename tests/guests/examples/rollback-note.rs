//! Notes something when it is to go back.
#![no_std]

hostile::attack!(
    "rollback-note",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        hostile::note(sandbox, deployment, "and back again")?;
    }
);
