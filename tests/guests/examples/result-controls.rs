//! A receipt that writes on the operator's terminal.
#![no_std]

hostile::attack!("result-controls", |sandbox, deployment| {
    return Err(lastmile_sdk::Failure::Rejected("\u{1b}[2Jgone".into()));
});
