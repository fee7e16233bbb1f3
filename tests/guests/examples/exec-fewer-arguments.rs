//! One argument less.
#![no_std]

hostile::attack!("exec-fewer-arguments", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/usr/bin/true".into()]))?;
});
