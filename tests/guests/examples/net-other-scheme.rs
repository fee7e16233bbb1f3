//! The granted host and port, spoken to as raw bytes.
#![no_std]

hostile::attack!("net-other-scheme", |sandbox, deployment| {
    sandbox.dial(&hostile::text(&deployment.config, "endpoint").replace("http:", "tcp:"))?;
});
