//! Admission: what a file must be before anything compiles it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::scan::{self, Scanned};
use super::{CONNECTOR, Granted, Limits, PluginSpec, ROLLBACK, wasi};

/// The connector with its way back, and what componentize-py and componentize-qjs leave behind of their build; nothing
/// calls it.
const EXPORTS: &[&str] = &[CONNECTOR, ROLLBACK, "init", "exports"];

const FS: &str = "lastmile:connector/fs@0.1.0";
const NET: &str = "lastmile:connector/net@0.1.0";
const PROCESS: &str = "lastmile:connector/process@0.1.0";

/// A component that was read, and that the scan lets pass.
pub(super) struct Admitted {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: [u8; 32],
}

/// Reads the file once: the bytes that are judged are the bytes that are compiled.
pub(super) fn admit(spec: &PluginSpec) -> Result<Admitted, String> {
    let bytes = read(&spec.path, spec.limits.component_bytes)?;
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    if let Some(wanted) = spec.sha256
        && wanted != digest
    {
        return Err(format!(
            "{} has the SHA-256 {}, but plugins.toml pins {}: whoever replaced the file is to be asked",
            spec.path.display(),
            hex::encode(digest),
            hex::encode(wanted)
        ));
    }
    let scanned = scan::scan(&bytes).map_err(|text| format!("{}: {text}", spec.path.display()))?;
    judge(&scanned, spec.granted, spec.inert_wasi)?;
    Ok(Admitted { bytes, digest })
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let fault = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(fault)?;
    if !file.metadata().map_err(fault)?.is_file() {
        return Err(format!("{} is no regular file", path.display()));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 > limit {
        return Err(format!("{} is larger than {limit} bytes (limits.component-bytes)", path.display()));
    }
    Ok(bytes)
}

fn judge(scanned: &Scanned, granted: Granted, inert_wasi: bool) -> Result<(), String> {
    for import in &scanned.imports {
        let power = match import.as_str() {
            "lastmile:connector/types@0.1.0" => continue,
            FS => (granted.fs, "fs.write"),
            NET => (granted.net, "net.dial"),
            PROCESS => (granted.process, "process.exec"),
            name if wasi::is_known(name) && inert_wasi => continue,
            name if wasi::is_known(name) => {
                return Err(format!(
                    "it imports {name}. A connector needs no WASI; write `wasi = \"inert\"` under the plugin to \
                     answer such imports harmlessly"
                ));
            }
            name => return Err(format!("it imports {name}, which lastmile does not have")),
        };
        if let (false, name) = power {
            return Err(format!(
                "it imports {import}, but the plugin has no `{name}` grant. Grant it, write `{name} = []` if its \
                 targets do without, or have the component built for a world without it: docs/toolchains.md"
            ));
        }
    }
    if !scanned.exports.iter().any(|export| export == CONNECTOR) {
        return Err(format!("it does not export {CONNECTOR}: it is no connector of this contract"));
    }
    match scanned.exports.iter().find(|export| !EXPORTS.contains(&export.as_str())) {
        Some(other) => Err(format!("it exports {other} besides the connector")),
        None => Ok(()),
    }
}

/// What a component is, and what the admission scan says of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Digest over the exact bytes, lower-case hex.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// What the component imports.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
    /// Why it would not be admitted with every power granted.
    pub refused: Option<String>,
}

impl Report {
    /// The powers whose interfaces the component imports: without their keys in the grant it does not load.
    #[must_use]
    pub fn imported(&self) -> Granted {
        let imports = |name: &str| self.imports.iter().any(|import| import == name);
        Granted { fs: imports(FS), net: imports(NET), process: imports(PROCESS) }
    }

    /// Whether the component takes back what it told its target over the network.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        self.exports.iter().any(|export| export == ROLLBACK)
    }
}

/// Looks at a component without compiling it.
///
/// # Errors
///
/// The file cannot be read.
pub fn inspect(path: &Path) -> std::io::Result<Report> {
    let bytes = read(path, Limits::default().component_bytes).map_err(std::io::Error::other)?;
    let (scanned, refused) = match scan::scan(&bytes) {
        Ok(scanned) => {
            let refused = judge(&scanned, Granted { fs: true, net: true, process: true }, false).err();
            (scanned, refused)
        }
        Err(text) => (Scanned::default(), Some(text)),
    };
    Ok(Report {
        sha256: hex::encode(Sha256::digest(&bytes)),
        size: bytes.len() as u64,
        imports: scanned.imports,
        exports: scanned.exports,
        refused,
    })
}
