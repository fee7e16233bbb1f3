//! One keystore, placed ten thousand times: a few bytes for the guest, megabytes for the host.
#![no_std]

use lastmile_sdk::{Encoding, Keystore, Passphrase, Secret, document};

hostile::attack!("fs-store-amplified", |sandbox, deployment| {
    let path = alloc::format!("{}file", hostile::text(&deployment.config, "prefix"));
    let password = Passphrase::Ephemeral("once".into());
    let store = Secret::Pkcs12(Keystore { alias: "a".into(), password });
    let parts = alloc::vec![document::sealed(store, Encoding::Url); 10_000];
    sandbox.write(&path, &parts, &hostile::CLOSED)?;
});
