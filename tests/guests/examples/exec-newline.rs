//! A line break behind a granted argument.
#![no_std]

hostile::attack!("exec-newline", |sandbox, deployment| {
    let mut argv = hostile::list(&deployment.config, "command");
    if let Some(last) = argv.last_mut() {
        last.push('\n');
    }
    sandbox.exec(&hostile::command(argv))?;
});
