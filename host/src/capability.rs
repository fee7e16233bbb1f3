//! The host's side of the three powers: `fs.write`, `net.dial` and `process.exec`.
//!
//! Each door holds exactly what one deployment declared, as handles that were opened before the connector
//! ran. A door knows the grants and the journal; it knows nothing of WebAssembly.

pub mod document;
pub mod fs;
pub mod net;
pub mod process;
pub mod vault;
