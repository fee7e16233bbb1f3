//! Certificates of a peer that has none.
#![no_std]

hostile::attack!("net-peer-in-the-clear", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.peer_certificates()?;
});
