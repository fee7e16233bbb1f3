//! Another argument.
#![no_std]

hostile::attack!("exec-ungranted-argument", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["/usr/bin/true".into(), "harmful".into()]))?;
});
