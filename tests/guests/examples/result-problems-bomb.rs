//! A million problems.
#![no_std]

hostile::attack!("result-problems-bomb", |sandbox, deployment| {
    return Err(lastmile_sdk::Failure::Misconfigured(
        alloc::vec![lastmile_sdk::Problem { pointer: "/x".into(), message: "y".into() }; 1_000_000],
    ));
});
