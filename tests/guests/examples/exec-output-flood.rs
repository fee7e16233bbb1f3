//! A program that prints without end.
#![no_std]

hostile::attack!("exec-output-flood", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.timeout_ms = Some(500);
    let output = sandbox.exec(&command)?;
    return Err(hostile::told(&alloc::format!("{:?} {} bytes", output.status, output.stdout.len())));
});
