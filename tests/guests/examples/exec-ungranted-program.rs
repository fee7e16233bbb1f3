//! A shell.
#![no_std]

hostile::attack!("exec-ungranted-program", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/bin/sh".into(), "-c".into(), "id".into()]))?;
});
