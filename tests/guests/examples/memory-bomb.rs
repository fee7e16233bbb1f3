//! Takes memory without end.
#![no_std]

hostile::attack!("memory-bomb", |sandbox, deployment| {
    let mut kept = alloc::vec::Vec::new();
    loop {
        kept.push(alloc::vec![1_u8; 1 << 20]);
    }
});
