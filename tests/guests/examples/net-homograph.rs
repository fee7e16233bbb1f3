//! A host that looks like another.
#![no_std]

hostile::attack!("net-homograph", |sandbox, deployment| {
    sandbox.dial("http://loc\u{430}lhost:80")?;
});
