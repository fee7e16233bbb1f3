//! Notes what nobody will read.
#![no_std]

hostile::attack!("note-unread", |sandbox, deployment| {
    hostile::note(sandbox, deployment, "go back")?;
});
