//! Processes without end.
#![no_std]

hostile::attack!("exec-flood", |sandbox, deployment| {
    loop {
        sandbox.exec(&hostile::command(hostile::list(&deployment.config, "command")))?;
    }
});
