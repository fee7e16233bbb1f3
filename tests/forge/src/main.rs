//! From the files of tests/guests to components: `forge GUESTS WIT OUT`.
//!
//! | where  | what                                                                             |
//! |--------|----------------------------------------------------------------------------------|
//! | `core` | fields of a core module; what it leaves out of a connector is added              |
//! | `load` | what is added to an honest component, or a whole `(component …)` or `(module …)` |
//! | `raw`  | bytes as they are                                                                |
//!
//! In text, `@repeat(N){…}` stands for N times the braces' content, with `%` counting.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

const CONNECTOR: &str = "lastmile:connector/connector@0.1.0";

/// What a connector must have, and how a file says that it brings its own. The results: an empty name, no
/// capability, and a refusal that says "it returned".
const FIELDS: [(&str, &str); 7] = [
    ("\"memory\"", r#"(memory (export "memory") 4)"#),
    (
        "\"cabi_realloc\"",
        r#"(global $free (mut i32) (i32.const 4096))
           (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local i32)
             (local.set 4 (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
             (global.set $free (i32.add (local.get 4) (local.get 3)))
             (local.get 4))"#,
    ),
    ("#name\"", r#"(func (export "@#name") (result i32) (i32.const 64))"#),
    ("#capabilities\"", r#"(func (export "@#capabilities") (param i32 i32) (result i32) (i32.const 64))"#),
    (
        "0#deploy\") (param i32) (result",
        r#"(func (export "@#deploy") (param i32) (result i32) (i32.const 256))"#,
    ),
    ("#observe\"", r#"(func (export "@#observe") (param i32) (result i32) (i32.const 64))"#),
    (
        "(no file brings this)",
        r#"(data (i32.const 256) "\01\00\00\00\02\00\00\00\40\01\00\00\0b\00\00\00")
           (data (i32.const 320) "it returned")"#,
    ),
];

/// The contract, with as much of WASI as the attacks need.
struct Forge {
    resolve: Resolve,
    world: WorldId,
}

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [guests, wit, out] = arguments.as_slice() else { bail!("usage: forge GUESTS WIT OUT") };
    let mut resolve = Resolve::default();
    resolve.push_dir(wit)?;
    let package = resolve.push_file(guests.join("wasi.wit"))?;
    let world = resolve.select_world(&[package], Some("everything"))?;
    let forge = Forge { resolve, world };
    fs::create_dir_all(out)?;
    for kind in ["core", "load", "raw"] {
        for entry in fs::read_dir(guests.join(kind))? {
            let path = entry?.path();
            let component = forge.component(kind, &path).with_context(|| path.display().to_string())?;
            let name = path.file_stem().context("a name")?;
            fs::write(out.join(name).with_extension("wasm"), component)?;
        }
    }
    Ok(())
}

impl Forge {
    fn component(&self, kind: &str, path: &Path) -> Result<Vec<u8>> {
        if kind == "raw" {
            return Ok(fs::read(path)?);
        }
        let text = expand(&fs::read_to_string(path)?)?;
        if kind == "core" {
            return self.connector(&text);
        }
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        let whole =
            ["(component\n", "(component (import", "(module"].iter().any(|begin| body.starts_with(begin));
        let text = if whole { text } else { self.added_to_an_honest_one(&text)? };
        Ok(wat::parse_str(text)?)
    }

    fn connector(&self, fields: &str) -> Result<Vec<u8>> {
        let mut module = format!("(module\n{fields}\n");
        for (mark, field) in FIELDS {
            if !fields.contains(mark) {
                writeln!(module, "{}", field.replace('@', CONNECTOR))?;
            }
        }
        let mut module = wat::parse_str(format!("{module})"))?;
        embed_component_metadata(&mut module, &self.resolve, self.world, StringEncoding::UTF8, false)?;
        ComponentEncoder::default().module(&module)?.validate(false).encode()
    }

    fn added_to_an_honest_one(&self, text: &str) -> Result<String> {
        let honest = wasmprinter::print_bytes(self.connector("")?)?;
        let open = honest.trim_end().strip_suffix(')').context("a closing parenthesis")?;
        Ok(format!("{open}\n{text}\n)"))
    }
}

fn expand(text: &str) -> Result<String> {
    let mut pieces = text.split("@repeat(");
    let mut expanded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (times, rest) = piece.split_once("){").context("@repeat(N){…}")?;
        let (body, rest) = rest.split_once('}').context("@repeat(N){…}")?;
        for number in 0..times.parse::<u32>()? {
            expanded.push_str(&body.replace('%', &number.to_string()));
        }
        expanded.push_str(rest);
    }
    Ok(expanded)
}
