//! Bytes without end, taken in.
#![no_std]

hostile::attack!("net-receive-flood", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.send(&[lastmile_sdk::document::text("FLOOD\n")])?;
    loop {
        connection.receive(u32::MAX, 1000)?;
    }
});
