//! The same program by another path.
#![no_std]

hostile::attack!("exec-crooked-program", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/usr/bin/../bin/true".into(), "harmless".into()]))?;
});
