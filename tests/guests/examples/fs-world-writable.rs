//! A file that everybody may write.
#![no_std]

hostile::attack!("fs-world-writable", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = alloc::format!("{prefix}file");
    let attributes = lastmile_sdk::Attributes { mode: 0o666, owner: None, group: None };
    sandbox.write(&path, &hostile::content(), &attributes)?;
});
