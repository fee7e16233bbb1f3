//! Asks where the program runs.
#![no_std]

hostile::attack!("exec-directory", |sandbox, deployment| {
    let command = hostile::command(hostile::list(&deployment.config, "command"));
    return hostile::run(sandbox, &command);
});
