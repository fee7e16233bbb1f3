//! A receipt of many megabytes.
#![no_std]

hostile::attack!("result-bomb", |sandbox, deployment| {
    return Ok(lastmile_sdk::Receipt { changed: true, reference: "x".repeat(20 << 20), note: "".into() });
});
