//! Lists the hostile components and the functions that a connector can import. The tests do not compile while one
//! of them is without an attack; see `end_to_end/hostile.rs`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use wit_parser::{Resolve, WorldItem};

fn main() -> Result<(), Box<dyn Error>> {
    let mut listed = foreach("foreach_guest", &guests()?)?;
    listed += &foreach("foreach_function", &functions()?)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("hostile.rs"), listed)?;
    Ok(())
}

fn foreach(name: &str, items: &[String]) -> Result<String, std::fmt::Error> {
    let mut text = format!("macro_rules! {name} {{ ($check:ident) => {{\n");
    for item in items {
        writeln!(text, "$check!({item:?});")?;
    }
    Ok(text + "} }\n")
}

fn guests() -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for kind in ["examples", "core", "load", "raw"] {
        let directory = Path::new("guests").join(kind);
        println!("cargo:rerun-if-changed={}", directory.display());
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            names.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    names.sort();
    Ok(names)
}

/// `fs.write`, `net.connection.request`, …: what the contract's world imports.
fn functions() -> Result<Vec<String>, Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../wit");
    let mut resolve = Resolve::default();
    resolve.push_dir("../wit")?;
    let mut names = Vec::new();
    for (_, world) in &resolve.worlds {
        for import in world.imports.values() {
            let WorldItem::Interface { id, .. } = import else { continue };
            let Some(interface) = resolve.interfaces.get(*id) else { continue };
            let owner = interface.name.as_deref().unwrap_or_default();
            names.extend(interface.functions.keys().map(|name| format!("{owner}.{}", bare(name))));
        }
    }
    Ok(names)
}

/// `[method]connection.request` without the canonical ABI's mark.
fn bare(name: &str) -> &str {
    name.rsplit(']').next().unwrap_or(name)
}
