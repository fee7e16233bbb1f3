//! The private key as input that a rollback would repeat: it would lie in the journal.
#![no_std]

hostile::attack!("exec-rollback-sealed", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.stdin = alloc::vec![lastmile_sdk::document::private_key()];
    command.on_rollback = lastmile_sdk::Rollback::Repeat;
    sandbox.exec(&command)?;
});
