//! A refusal that looks like a log line of the host.
#![no_std]

hostile::attack!("result-forged-line", |sandbox, deployment| {
    return Err(hostile::told("x\n2026-01-01T00:00:00Z  INFO deployed"));
});
