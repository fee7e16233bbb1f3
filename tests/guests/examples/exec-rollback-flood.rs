//! More commands for a rollback than one can run in time.
#![no_std]

hostile::attack!("exec-rollback-flood", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.on_rollback = lastmile_sdk::Rollback::Repeat;
    for number in 0..150 {
        command.stdin = alloc::vec![lastmile_sdk::Part::Text(alloc::format!("{number}"))];
        sandbox.exec(&command)?;
    }
});
