//! A line break in a header.
#![no_std]

hostile::attack!("net-header-crlf", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.request(&lastmile_sdk::Request {
        method: "GET".into(),
        path: "/".into(),
        headers: alloc::vec![("x-a".into(), alloc::vec![lastmile_sdk::document::text("1\r\nX-Evil: 1")])],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
