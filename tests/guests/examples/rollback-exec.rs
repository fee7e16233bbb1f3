//! Runs a program when it is to go back.
#![no_std]

hostile::attack!(
    "rollback-exec",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        sandbox.exec(&hostile::command(hostile::list(&deployment.config, "command")))?;
    }
);
