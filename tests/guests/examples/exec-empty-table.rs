//! A command, where the operator linked the interface with nothing in its table.
#![no_std]

hostile::attack!("exec-empty-table", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/usr/bin/true".into()]))?;
});
