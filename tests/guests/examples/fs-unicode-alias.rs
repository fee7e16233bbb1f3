//! The granted name in the other normal form.
#![no_std]

hostile::attack!("fs-unicode-alias", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = prefix.replace('\u{e9}', "e\u{301}");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
