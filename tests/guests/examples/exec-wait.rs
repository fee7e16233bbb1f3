//! A program that outlives the deadline.
#![no_std]

hostile::attack!("exec-wait", |sandbox, deployment| {
    let command = hostile::command(hostile::list(&deployment.config, "command"));
    return hostile::run(sandbox, &command);
});
