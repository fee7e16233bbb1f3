//! A header that is folded onto a second line.
#![no_std]

hostile::attack!("net-smuggle-fold", |sandbox, deployment| {
    let mut request = hostile::get("/");
    request.headers.push(("x-a".into(), alloc::vec![lastmile_sdk::document::text("1\n 2")]));
    return hostile::exchange(sandbox, deployment, &request);
});
