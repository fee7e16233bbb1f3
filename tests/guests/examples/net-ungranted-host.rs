//! A host that was not granted.
#![no_std]

hostile::attack!("net-ungranted-host", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial("https://192.0.2.1:443")?;
    connection.request(&lastmile_sdk::Request {
        method: "GET".into(),
        path: "/".into(),
        headers: alloc::vec![],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
