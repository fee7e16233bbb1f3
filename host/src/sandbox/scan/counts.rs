//! What a component holds, at every level of nesting together.

use wasmparser::{CanonicalFunction, CanonicalOption, Encoding, Payload, SectionLimited};

use super::broken;

const DEPTH: usize = 6;
const MODULES: u32 = 64;
const COMPONENTS: u32 = 64;
/// Core instances, and instances of components.
const INSTANCES: u32 = 256;
const FUNCTIONS: u32 = 40_000;
/// CPython's largest has 427 KB.
const BODY_BYTES: usize = 1 << 20;
/// Python without WASI brings more than a quarter of this along: names of functions.
const CUSTOM_BYTES: usize = 1 << 20;
/// Types of components; those of core modules are counted by themselves.
const TYPES: u32 = 1000;
const CORE_TYPES: u32 = 20_000;
const CANONS: u32 = 500;
const ALIASES: u32 = 10_000;
/// Imports and exports of components, the root's included.
const NAMES: u32 = 2000;

#[derive(Default)]
pub(super) struct Counts {
    depth: usize,
    modules: u32,
    components: u32,
    core_instances: u32,
    instances: u32,
    functions: u32,
    types: u32,
    core_types: u32,
    canons: u32,
    aliases: u32,
    names: u32,
    custom: usize,
}

impl Counts {
    /// Whether the payload that was taken last belongs to the outermost component.
    pub(super) const fn at_root(&self) -> bool {
        self.depth == 1
    }

    pub(super) fn take(&mut self, payload: &Payload<'_>) -> Result<(), String> {
        match payload {
            Payload::Version { encoding, .. } => self.enter(*encoding),
            Payload::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
            Payload::ModuleSection { .. } => count(&mut self.modules, 1, MODULES, "modules"),
            Payload::ComponentSection { .. } => count(&mut self.components, 1, COMPONENTS, "components"),
            Payload::InstanceSection(section) => {
                count(&mut self.core_instances, section.count(), INSTANCES, "core instances")
            }
            Payload::ComponentInstanceSection(section) => {
                count(&mut self.instances, section.count(), INSTANCES, "instances of components")
            }
            Payload::ComponentTypeSection(section) => count(&mut self.types, section.count(), TYPES, "types"),
            Payload::CoreTypeSection(section) => count(&mut self.types, section.count(), TYPES, "types"),
            Payload::TypeSection(section) => {
                count(&mut self.core_types, section.count(), CORE_TYPES, "types of core modules")
            }
            Payload::ComponentCanonicalSection(section) => {
                count(&mut self.canons, section.count(), CANONS, "lifted and lowered functions")?;
                canonical(section)
            }
            Payload::ComponentAliasSection(section) => {
                count(&mut self.aliases, section.count(), ALIASES, "aliases")
            }
            Payload::ComponentImportSection(section) => self.named(section.count()),
            Payload::ComponentExportSection(section) => self.named(section.count()),
            Payload::ComponentStartSection { .. } => Err("it has a start function".to_owned()),
            other => self.take_code(other),
        }
    }

    fn take_code(&mut self, payload: &Payload<'_>) -> Result<(), String> {
        match payload {
            Payload::CodeSectionStart { count: more, .. } => {
                count(&mut self.functions, *more, FUNCTIONS, "functions")
            }
            Payload::CodeSectionEntry(body) if body.range().len() > BODY_BYTES => {
                Err(format!("a function is longer than {BODY_BYTES} bytes"))
            }
            Payload::CustomSection(section) => {
                self.custom = self.custom.saturating_add(section.data().len());
                if self.custom <= CUSTOM_BYTES {
                    return Ok(());
                }
                Err(format!(
                    "its custom sections hold more than {CUSTOM_BYTES} bytes: take them out with `wasm-tools strip`"
                ))
            }
            _ => Ok(()),
        }
    }

    fn enter(&mut self, encoding: Encoding) -> Result<(), String> {
        if self.depth == 0 && encoding == Encoding::Module {
            return Err("this is a core module, not a component: build it for wasm32-wasip2".to_owned());
        }
        self.depth += 1;
        if self.depth > DEPTH { Err(format!("it nests deeper than {DEPTH} levels")) } else { Ok(()) }
    }

    fn named(&mut self, more: u32) -> Result<(), String> {
        count(&mut self.names, more, NAMES, "imports and exports")
    }
}

fn count(seen: &mut u32, more: u32, limit: u32, what: &str) -> Result<(), String> {
    *seen = seen.saturating_add(more);
    if *seen > limit { Err(format!("it has more than {limit} {what}")) } else { Ok(()) }
}

/// Plain functions that pass strings as UTF-8, and nothing that runs beside the call.
fn canonical(section: &SectionLimited<'_, CanonicalFunction>) -> Result<(), String> {
    for function in section.clone() {
        let options = match function.map_err(|error| broken(&error))? {
            CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => options,
            CanonicalFunction::ResourceNew { .. }
            | CanonicalFunction::ResourceDrop { .. }
            | CanonicalFunction::ResourceRep { .. } => continue,
            _ => {
                return Err(
                    "it uses tasks, threads, streams or futures, which a connector has not".to_owned()
                );
            }
        };
        for option in &options {
            match option {
                CanonicalOption::UTF16 | CanonicalOption::CompactUTF16 => {
                    return Err("it passes strings as UTF-16 or Latin-1: build it with UTF-8".to_owned());
                }
                CanonicalOption::Async | CanonicalOption::Callback(_) => {
                    return Err(
                        "it has an asynchronous function: a connector's functions return when they are done"
                            .to_owned(),
                    );
                }
                CanonicalOption::Gc | CanonicalOption::CoreType(_) => {
                    return Err("it passes values as garbage-collected objects".to_owned());
                }
                CanonicalOption::UTF8
                | CanonicalOption::Memory(_)
                | CanonicalOption::Realloc(_)
                | CanonicalOption::PostReturn(_) => {}
            }
        }
    }
    Ok(())
}
