//! The linear scan of a component before anything compiles it: nesting, counts, encodings, names.
//!
//! The bounds are two to four times what the largest honest component was seen to need (Python, JavaScript,
//! Go); a compiler given more can be made to take gigabytes from a small file.

mod counts;

use wasmparser::{Parser, Payload};

use counts::Counts;

/// Imports, and exports, of the root.
const NAMES: usize = 256;
/// Bytes of one such name.
const NAME_BYTES: usize = 256;

/// What the component's root imports and exports.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

/// Reads the component's structure once.
pub(super) fn scan(bytes: &[u8]) -> Result<Scanned, String> {
    if !bytes.starts_with(b"\0asm") {
        let precompiled = bytes.starts_with(b"\x7fELF");
        return Err(if bytes.is_empty() {
            "this is empty".to_owned()
        } else if precompiled {
            "this is machine code, not a component: lastmile compiles components itself".to_owned()
        } else if bytes.iter().take(64).all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
            "this is text, not a component: build it with `wasm-tools parse`".to_owned()
        } else {
            "this is no WebAssembly component".to_owned()
        });
    }
    let mut scanned = Scanned::default();
    let mut counts = Counts::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| broken(&error))?;
        counts.take(&payload)?;
        if counts.at_root() {
            names(&payload, &mut scanned)?;
        }
    }
    Ok(scanned)
}

fn names(payload: &Payload<'_>, scanned: &mut Scanned) -> Result<(), String> {
    match payload {
        Payload::ComponentImportSection(section) => {
            for import in section.clone() {
                add(&mut scanned.imports, import.map_err(|error| broken(&error))?.name.name, "import")?;
            }
        }
        Payload::ComponentExportSection(section) => {
            for export in section.clone() {
                add(&mut scanned.exports, export.map_err(|error| broken(&error))?.name.name, "export")?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Names are printed before anything validates them.
fn add(names: &mut Vec<String>, name: &str, what: &str) -> Result<(), String> {
    if name.len() > NAME_BYTES || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("the name of an {what} is longer than {NAME_BYTES} bytes or no plain ASCII"));
    }
    if names.len() == NAMES {
        return Err(format!("it has more than {NAMES} {what}s"));
    }
    names.push(name.to_owned());
    Ok(())
}

fn broken(error: &wasmparser::BinaryReaderError) -> String {
    format!("this is no valid component: {}", crate::printable::printable(&error.to_string(), 300))
}
