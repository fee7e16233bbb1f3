//! The header that the host's credentials stand in.
#![no_std]

hostile::attack!("net-auth-header", |sandbox, deployment| {
    let mut request = hostile::get("/");
    request.headers.push(("X-Api-Key".into(), alloc::vec![lastmile_sdk::document::text("mine")]));
    return hostile::exchange(sandbox, deployment, &request);
});
