//! A path that would be another host.
#![no_std]

hostile::attack!("net-other-port-path", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.request(&lastmile_sdk::Request {
        method: "GET".into(),
        path: "//evil.test/".into(),
        headers: alloc::vec![],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
