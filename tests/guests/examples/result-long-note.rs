//! A refusal of half a megabyte.
#![no_std]

hostile::attack!("result-long-note", |sandbox, deployment| {
    return Err(hostile::told(&"x".repeat(500 << 10)));
});
