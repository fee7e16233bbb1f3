//! Recurses without end.
#![no_std]

hostile::attack!("cpu-recursion", |sandbox, deployment| {
    #[inline(never)]
    fn down(depth: u64) -> u64 {
        core::hint::black_box(down(core::hint::black_box(depth + 1))) + 1
    }
    core::hint::black_box(down(0));
});
