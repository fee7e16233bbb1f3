//! Raw bytes on a connection that speaks HTTP.
#![no_std]

hostile::attack!("net-send-on-http", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.send(&hostile::content())?;
});
