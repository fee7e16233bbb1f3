//! The granted name in capitals.
#![no_std]

hostile::attack!("fs-case-alias", |sandbox, deployment| {
    let prefix = hostile::text(&deployment.config, "prefix");
    let path = prefix.replace("site.pem", "SITE.PEM");
    sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
});
