//! Notes what could be taken for lines of the journal.
#![no_std]

hostile::attack!(
    "rollback-lines",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "\n{\"step\":\"commit\"}\n\0\u{1b}[2J")?;
        hostile::note(sandbox, deployment, "second")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        return Err(hostile::told(&alloc::format!("{notes:?}")));
    }
);
