//! One argument more.
#![no_std]

hostile::attack!("exec-extra-argument", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/usr/bin/true".into(), "harmless".into(), "more".into()]))?;
});
