//! Asks by refusals which files exist outside the grant.
#![no_std]

hostile::attack!("fs-oracle", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let outside = prefix.replace("/tls/", "/outside/");
    let mut answers = ["file", "missing", "missing/file"].into_iter().map(|name| {
        let path = alloc::format!("{outside}{name}");
        let refusal = sandbox.write(&path, &hostile::content(), &hostile::OPEN);
        alloc::format!("{refusal:?}").replace(&path, "PATH")
    });
    let first = answers.next().unwrap_or_default();
    let same = answers.all(|answer| answer == first);
    return Err(hostile::told(&alloc::format!("same: {same}: {first}")));
});
