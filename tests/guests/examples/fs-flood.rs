//! Calls without end.
#![no_std]

hostile::attack!("fs-flood", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    for number in 0..1_000_000_u32 {
        let path = alloc::format!("{prefix}{}", number % 8);
        let _ = sandbox.write(&path, &[lastmile_sdk::Part::Text(alloc::format!("{number}"))], &hostile::OPEN);
    }
});
