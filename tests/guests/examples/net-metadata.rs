//! The cloud's metadata service.
#![no_std]

hostile::attack!("net-metadata", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial("http://169.254.169.254:80")?;
    connection.request(&lastmile_sdk::Request {
        method: "GET".into(),
        path: "/".into(),
        headers: alloc::vec![],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
