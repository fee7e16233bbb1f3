//! Passphrases with names of a megabyte, each of which the host would keep.
#![no_std]

use lastmile_sdk::{Encoding, Secret, document};

hostile::attack!("fs-ephemeral-names", |sandbox, deployment| {
    let path = alloc::format!("{}missing/file", hostile::text(&deployment.config, "prefix"));
    let long = "x".repeat(1 << 20);
    for number in 0..100 {
        let name = Secret::Ephemeral(alloc::format!("{number}{long}"));
        let _ = sandbox.write(&path, &[document::sealed(name, Encoding::Raw)], &hostile::CLOSED);
    }
});
