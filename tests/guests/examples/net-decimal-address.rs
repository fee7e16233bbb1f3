//! An address in another notation.
#![no_std]

hostile::attack!("net-decimal-address", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial("https://2130706433:443")?;
    connection.request(&lastmile_sdk::Request {
        method: "GET".into(),
        path: "/".into(),
        headers: alloc::vec![],
        body: alloc::vec![],
        timeout_ms: None,
    })?;
});
