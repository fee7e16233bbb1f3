//! A program that prints what it reads, and it reads the key.
#![no_std]

hostile::attack!("exec-secret-echo", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.stdin = alloc::vec![
        lastmile_sdk::document::private_key(),
        lastmile_sdk::document::named("api", lastmile_sdk::Encoding::Base64),
    ];
    return hostile::run(sandbox, &command);
});
