//! Random bytes, the system's own, so many at a time.

use wasmtime::component::LinkerInstance;

use super::{State, answer};

const AT_ONCE: u64 = 64 << 10;

pub(super) fn link(
    instance: &mut LinkerInstance<'_, State>,
    interface: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    match (interface, name) {
        ("wasi:random/random", "get-random-bytes") => answer(instance, name, bytes),
        ("wasi:random/random", "get-random-u64") => answer(instance, name, |_, ()| number()),
        ("wasi:random/insecure-seed", "insecure-seed") => {
            answer(instance, name, |_, ()| Ok((number()?, number()?)))
        }
        _ => Ok(false),
    }
}

fn bytes(state: &mut State, (length,): (u64,)) -> wasmtime::Result<Vec<u8>> {
    if length > AT_ONCE {
        wasmtime::bail!("it asked for {length} random bytes at once (at most {AT_ONCE})");
    }
    let length = usize::try_from(length)?;
    state.budget.answer(length)?;
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes).map_err(|error| wasmtime::format_err!("no random bytes: {error}"))?;
    Ok(bytes)
}

fn number() -> wasmtime::Result<u64> {
    getrandom::u64().map_err(|error| wasmtime::format_err!("no random bytes: {error}"))
}
