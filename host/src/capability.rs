//! The host's side of the three powers. It knows grants and the journal, not wasmtime.

pub mod document;
pub mod fs;
pub mod net;
pub mod process;
pub mod vault;
