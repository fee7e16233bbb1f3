//! Writes a file when it is to go back.
#![no_std]

hostile::attack!(
    "rollback-fs",
    |sandbox, deployment| {
        hostile::note(sandbox, deployment, "go back")?;
        return Err(hostile::told("on purpose"));
    },
    |sandbox, deployment, notes| {
        let path = hostile::text(&deployment.config, "prefix") + "attack";
        sandbox.write(&path, &hostile::content(), &hostile::OPEN)?;
    }
);
