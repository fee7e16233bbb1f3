//! Waits for bytes beyond the deadline.
#![no_std]

hostile::attack!("net-receive-wait", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.receive(1, u32::MAX)?;
});
