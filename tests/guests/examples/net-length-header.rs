//! A length of its own: request smuggling.
#![no_std]

hostile::attack!("net-length-header", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.request(&lastmile_sdk::Request {
        method: "POST".into(),
        path: "/".into(),
        headers: alloc::vec![("Content-Length".into(), alloc::vec![lastmile_sdk::document::text("5")])],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
