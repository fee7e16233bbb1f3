//! A refusal that turns the text around it.
#![no_std]

hostile::attack!("result-bidi", |sandbox, deployment| {
    return Err(hostile::told("safe \u{202e}desufer"));
});
