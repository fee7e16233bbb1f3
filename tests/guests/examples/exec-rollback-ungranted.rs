//! A granted command that names another one for the rollback.
#![no_std]

hostile::attack!("exec-rollback-ungranted", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.on_rollback =
        lastmile_sdk::Rollback::Run(alloc::vec!["/usr/bin/touch".into(), "/tmp/undone".into()]);
    sandbox.exec(&command)?;
});
