//! Environment, standard streams and preopened directories: an empty one, closed or logged ones, none.

use wasmtime::component::{LinkerInstance, Resource};

use super::{Descriptor, InputStream, OutputStream, State, Terminal, answer};

pub(super) const STDIN: u32 = 0;
pub(super) const STDOUT: u32 = 1;
pub(super) const STDERR: u32 = 2;

pub(super) fn link(
    instance: &mut LinkerInstance<'_, State>,
    interface: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    match (interface, name) {
        ("wasi:cli/environment", "get-environment") => {
            answer(instance, name, |_, ()| Ok(Vec::<(String, String)>::new()))
        }
        ("wasi:cli/environment", "get-arguments") => answer(instance, name, |_, ()| Ok(Vec::<String>::new())),
        ("wasi:cli/environment", "initial-cwd") => answer(instance, name, |_, ()| Ok(None::<String>)),
        ("wasi:cli/stdin", "get-stdin") => {
            answer(instance, name, |_, ()| Ok(Resource::<InputStream>::new_own(STDIN)))
        }
        ("wasi:cli/stdout", "get-stdout") => {
            answer(instance, name, |_, ()| Ok(Resource::<OutputStream>::new_own(STDOUT)))
        }
        ("wasi:cli/stderr", "get-stderr") => {
            answer(instance, name, |_, ()| Ok(Resource::<OutputStream>::new_own(STDERR)))
        }
        ("wasi:cli/terminal-stdin", "get-terminal-stdin")
        | ("wasi:cli/terminal-stdout", "get-terminal-stdout")
        | ("wasi:cli/terminal-stderr", "get-terminal-stderr") => {
            answer(instance, name, |_, ()| Ok(None::<Resource<Terminal>>))
        }
        ("wasi:filesystem/preopens", "get-directories") => {
            answer(instance, name, |_, ()| Ok(Vec::<(Resource<Descriptor>, String)>::new()))
        }
        _ => Ok(false),
    }
}
