//! Notes a megabyte.
#![no_std]

hostile::attack!(
    "note-huge",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, &"x".repeat(1 << 20))?;
    },
    |sandbox, deployment, notes| {}
);
