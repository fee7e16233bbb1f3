//! The granted program by way of another directory.
#![no_std]

hostile::attack!("exec-path-trick", |sandbox, deployment| {
    let mut argv = hostile::list(&deployment.config, "command");
    if let Some(first) = argv.first_mut() {
        *first = first.replace("/usr/bin/", "/usr/bin/../bin/");
    }
    sandbox.exec(&hostile::command(argv))?;
});
