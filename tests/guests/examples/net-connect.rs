//! A tunnel.
#![no_std]

hostile::attack!("net-connect", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.request(&lastmile_sdk::Request {
        method: "CONNECT".into(),
        path: "/".into(),
        headers: alloc::vec![],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
