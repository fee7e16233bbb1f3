//! The one room with `unsafe`: machine code that this host compiled is loaded.
#![allow(unsafe_code, reason = "wasmtime cannot check machine code; the safety argument stands at the call")]

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use wasmtime::Engine;
use wasmtime::component::Component;

/// Loads a compiled form from a sealed memory file that nobody can change any more.
pub(super) fn load(engine: &Engine, compiled: &[u8]) -> Result<Component, String> {
    let sealed = seal(compiled).map_err(|error| format!("a sealed memory file: {error}"))?;
    let path = format!("/proc/self/fd/{}", sealed.as_raw_fd());
    // SAFETY: `compiled` came from this host's compile child just now, or carries a MAC under the host's own
    // key over exactly these bytes; the copy in the memory file is sealed against writing, so the bytes that
    // are mapped are the bytes that were verified; wasmtime itself checks version and configuration.
    unsafe { Component::deserialize_file(engine, path) }
        .map_err(|error| format!("its compiled form: {error:#}"))
}

fn seal(compiled: &[u8]) -> std::io::Result<File> {
    let memory = memfd_create("lastmile", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut file = File::from(memory);
    file.write_all(compiled)?;
    fcntl_add_seals(&file, SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE)?;
    Ok(file)
}
