//! A program that never reads what it is given.
#![no_std]

hostile::attack!("exec-deaf", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.stdin = alloc::vec![lastmile_sdk::Part::Bytes(alloc::vec![0; 512 << 10])];
    command.timeout_ms = Some(300);
    return hostile::run(sandbox, &command);
});
