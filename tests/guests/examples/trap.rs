//! Crashes.
#![no_std]

hostile::attack!("trap", |sandbox, deployment| {
    panic!();
});
