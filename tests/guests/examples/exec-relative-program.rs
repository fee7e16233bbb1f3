//! A program by its name alone.
#![no_std]

hostile::attack!("exec-relative-program", |sandbox, deployment| {
    sandbox.exec(&hostile::command(alloc::vec!["true".into(), "harmless".into()]))?;
});
