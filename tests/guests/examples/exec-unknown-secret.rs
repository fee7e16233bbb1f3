//! A secret of another target on standard input.
#![no_std]

hostile::attack!("exec-unknown-secret", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.stdin = alloc::vec![lastmile_sdk::document::named("other-target", lastmile_sdk::Encoding::Raw)];
    sandbox.exec(&command)?;
});
