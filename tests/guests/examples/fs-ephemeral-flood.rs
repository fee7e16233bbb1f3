//! Passphrases without number, for each of which the host would search every answer.
#![no_std]

use lastmile_sdk::{Encoding, Secret, document};

hostile::attack!("fs-ephemeral-flood", |sandbox, deployment| {
    let path = alloc::format!("{}file", hostile::text(&deployment.config, "prefix"));
    let name = |number: u32| Secret::Ephemeral(alloc::format!("{number}"));
    let parts: alloc::vec::Vec<_> =
        (0..10_000).map(|number| document::sealed(name(number), Encoding::Raw)).collect();
    sandbox.write(&path, &parts, &hostile::CLOSED)?;
});
