//! No command line at all.
#![no_std]

hostile::attack!("exec-nothing", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec![]))?;
});
