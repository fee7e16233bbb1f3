//! A request line of its own.
#![no_std]

hostile::attack!("net-method-smuggle", |sandbox, deployment| {
    let mut request = hostile::get("/");
    request.method = "GET /admin HTTP/1.1\r\nX: ".into();
    return hostile::exchange(sandbox, deployment, &request);
});
