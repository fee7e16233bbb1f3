//! More input for a rollback than the journal takes.
#![no_std]

hostile::attack!("exec-rollback-long", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.stdin = alloc::vec![lastmile_sdk::Part::Text("a".repeat(65_537))];
    command.on_rollback = lastmile_sdk::Rollback::Repeat;
    sandbox.exec(&command)?;
});
