//! Asks for no bytes.
#![no_std]

hostile::attack!("net-receive-nothing", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.receive(0, 1)?;
});
