//! Reads the program's environment.
#![no_std]

hostile::attack!("exec-environment", |sandbox, deployment| {
    let command = hostile::command(hostile::list(&deployment.config, "command"));
    return hostile::run(sandbox, &command);
});
