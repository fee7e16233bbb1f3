//! A program that leaves another one behind.
#![no_std]

hostile::attack!("exec-background", |sandbox, deployment| {
    let command = hostile::command(hostile::list(&deployment.config, "command"));
    return hostile::run(sandbox, &command);
});
