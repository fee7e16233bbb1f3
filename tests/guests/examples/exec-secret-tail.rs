//! A program that prints the key and then just so much that only its end is kept.
#![no_std]

hostile::attack!("exec-secret-tail", |sandbox, deployment| {
    let mut command = hostile::command(hostile::list(&deployment.config, "command"));
    command.stdin = alloc::vec![
        lastmile_sdk::document::named("api", lastmile_sdk::Encoding::Raw),
        lastmile_sdk::Part::Text("x".repeat(65_536 - 20)),
    ];
    return hostile::run(sandbox, &command);
});
