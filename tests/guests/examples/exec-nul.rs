//! A NUL in an argument.
#![no_std]

hostile::attack!("exec-nul", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/usr/bin/true".into(), "harmless\0".into()]))?;
});
