//! HTTP on a connection of raw bytes.
#![no_std]

hostile::attack!("net-request-on-tcp", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.request(&hostile::get("/"))?;
});
