//! Lists the program's descriptors.
#![no_std]

hostile::attack!("exec-descriptors", |sandbox, deployment| {
    let command = hostile::command(hostile::list(&deployment.config, "command"));
    return hostile::run(sandbox, &command);
});
