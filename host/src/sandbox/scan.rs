//! The linear scan of a component before anything compiles it: nesting, counts, names.
//!
//! The bounds are two to three times what the largest honest component was seen to need (Python, JavaScript,
//! Go); a compiler given more can be made to take gigabytes from a small file.

use wasmparser::{Encoding, Parser, Payload};

const DEPTH: usize = 6;
const MODULES: u32 = 64;
const COMPONENTS: u32 = 64;
const INSTANCES: u32 = 256;
const FUNCTIONS: u32 = 40_000;
/// CPython's largest has 427 KB.
const BODY_BYTES: usize = 1 << 20;
const CUSTOM_BYTES: usize = 1 << 20;
const NAMES: usize = 256;

/// What the component's root imports and exports.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

#[derive(Default)]
struct Counts {
    depth: usize,
    modules: u32,
    components: u32,
    instances: u32,
    functions: u32,
    custom: usize,
}

/// Reads the component's structure once.
pub(super) fn scan(bytes: &[u8]) -> Result<Scanned, String> {
    if !bytes.starts_with(b"\0asm") {
        let precompiled = bytes.starts_with(b"\x7fELF");
        return Err(if precompiled {
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
        let payload = payload.map_err(|error| format!("this is no valid component: {error}"))?;
        counts.take(&payload)?;
        names(&payload, counts.depth, &mut scanned)?;
    }
    Ok(scanned)
}

impl Counts {
    fn take(&mut self, payload: &Payload<'_>) -> Result<(), String> {
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } if self.depth == 0 => {
                return Err("this is a core module, not a component: build it for wasm32-wasip2".to_owned());
            }
            Payload::Version { .. } => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(format!("it nests deeper than {DEPTH} levels"));
                }
            }
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::ModuleSection { .. } => count(&mut self.modules, 1, MODULES, "modules")?,
            Payload::ComponentSection { .. } => count(&mut self.components, 1, COMPONENTS, "components")?,
            Payload::InstanceSection(section) => {
                count(&mut self.instances, section.count(), INSTANCES, "core instances")?;
            }
            Payload::CodeSectionStart { count: more, .. } => {
                count(&mut self.functions, *more, FUNCTIONS, "functions")?;
            }
            Payload::CodeSectionEntry(body) if body.range().len() > BODY_BYTES => {
                return Err(format!("a function is longer than {BODY_BYTES} bytes"));
            }
            Payload::CustomSection(section) => {
                self.custom += section.data().len();
                if self.custom > CUSTOM_BYTES {
                    return Err(format!("its custom sections hold more than {CUSTOM_BYTES} bytes"));
                }
            }
            Payload::ComponentStartSection { .. } => return Err("it has a start function".to_owned()),
            _ => {}
        }
        Ok(())
    }
}

fn count(seen: &mut u32, more: u32, limit: u32, what: &str) -> Result<(), String> {
    *seen = seen.saturating_add(more);
    if *seen > limit { Err(format!("it has more than {limit} {what}")) } else { Ok(()) }
}

fn names(payload: &Payload<'_>, depth: usize, scanned: &mut Scanned) -> Result<(), String> {
    let broken = |error: wasmparser::BinaryReaderError| format!("this is no valid component: {error}");
    match payload {
        Payload::ComponentImportSection(section) if depth == 1 => {
            for import in section.clone() {
                scanned.imports.push(import.map_err(broken)?.name.name.to_owned());
            }
        }
        Payload::ComponentExportSection(section) if depth == 1 => {
            for export in section.clone() {
                scanned.exports.push(export.map_err(broken)?.name.name.to_owned());
            }
        }
        _ => {}
    }
    if scanned.imports.len() > NAMES || scanned.exports.len() > NAMES {
        return Err(format!("it has more than {NAMES} imports or exports"));
    }
    Ok(())
}
