//! Ten thousand arguments.
#![no_std]

hostile::attack!("exec-many-arguments", |sandbox, deployment| {
    let mut argv = hostile::list(&deployment.config, "command");
    argv.resize(10_000, "a".into());
    sandbox.exec(&hostile::command(argv))?;
});
