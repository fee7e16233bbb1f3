//! Never ends.
#![no_std]

hostile::attack!("cpu-spin", |sandbox, deployment| {
    loop {
        core::hint::black_box(0);
    }
});
