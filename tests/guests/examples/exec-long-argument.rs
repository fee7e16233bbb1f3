//! An argument longer than the system takes.
#![no_std]

hostile::attack!("exec-long-argument", |sandbox, deployment| {
    let mut argv = hostile::list(&deployment.config, "command");
    argv.push("a".repeat(200 << 10));
    sandbox.exec(&hostile::command(argv))?;
});
