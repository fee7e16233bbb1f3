//! Bytes without end.
#![no_std]

hostile::attack!("fs-bytes-bomb", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let big = lastmile_sdk::Part::Bytes(alloc::vec![0; 1 << 20]);
    for _ in 0..1000 {
        sandbox.write(&alloc::format!("{prefix}big"), &[big.clone()], &hostile::OPEN)?;
    }
});
