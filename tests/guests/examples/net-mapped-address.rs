//! IPv4 inside IPv6.
#![no_std]

hostile::attack!("net-mapped-address", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial("https://[::ffff:127.0.0.1]:443")?;
    connection.request(&lastmile_sdk::Request {
        method: "GET".into(),
        path: "/".into(),
        headers: alloc::vec![],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
