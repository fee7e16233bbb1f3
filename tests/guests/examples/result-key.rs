//! A receipt with the key in it, which the operator let it see.
#![no_std]

hostile::attack!("result-key", |sandbox, deployment| {
    let key = deployment.private_key.clone().unwrap_or_default();
    return Err(hostile::told(&alloc::format!("key: {}", alloc::string::String::from_utf8_lossy(&key))));
});
