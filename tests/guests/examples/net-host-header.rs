//! Another host in a header.
#![no_std]

hostile::attack!("net-host-header", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.request(&lastmile_sdk::Request {
        method: "GET".into(),
        path: "/".into(),
        headers: alloc::vec![("Host".into(), alloc::vec![lastmile_sdk::document::text("evil.test")])],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
