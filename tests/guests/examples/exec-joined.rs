//! A command line in one string.
#![no_std]

hostile::attack!("exec-joined", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/usr/bin/true harmless".into()]))?;
});
