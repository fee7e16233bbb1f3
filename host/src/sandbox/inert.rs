//! What a component gets of each WASI import under `wasi = "inert"`, for whoever decides whether to admit it.

use serde::Serialize;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

use super::wasi;

/// The functions that answer; a call of any other traps with the function's name.
const ANSWERED: &[&str] = &[
    "wasi:cli/environment#get-arguments",
    "wasi:cli/environment#get-environment",
    "wasi:cli/environment#initial-cwd",
    "wasi:cli/stderr#get-stderr",
    "wasi:cli/stdin#get-stdin",
    "wasi:cli/stdout#get-stdout",
    "wasi:cli/terminal-stderr#get-terminal-stderr",
    "wasi:cli/terminal-stdin#get-terminal-stdin",
    "wasi:cli/terminal-stdout#get-terminal-stdout",
    "wasi:clocks/monotonic-clock#now",
    "wasi:clocks/monotonic-clock#resolution",
    "wasi:clocks/wall-clock#now",
    "wasi:clocks/wall-clock#resolution",
    "wasi:filesystem/preopens#get-directories",
    "wasi:io/streams#[method]input-stream.blocking-read",
    "wasi:io/streams#[method]input-stream.read",
    "wasi:io/streams#[method]output-stream.blocking-flush",
    "wasi:io/streams#[method]output-stream.blocking-write-and-flush",
    "wasi:io/streams#[method]output-stream.check-write",
    "wasi:io/streams#[method]output-stream.flush",
    "wasi:io/streams#[method]output-stream.write",
    "wasi:random/insecure#get-insecure-random-bytes",
    "wasi:random/insecure#get-insecure-random-u64",
    "wasi:random/insecure-seed#insecure-seed",
    "wasi:random/random#get-random-bytes",
    "wasi:random/random#get-random-u64",
];

/// One imported interface of WASI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inert {
    /// The interface, as the component imports it.
    pub import: String,
    /// The functions that answer harmlessly.
    pub answers: Vec<String>,
    /// The functions that end the deployment when they are called.
    pub traps: Vec<String>,
}

/// Every WASI import of the component.
pub(super) fn describe(engine: &Engine, component: &Component) -> Vec<Inert> {
    let mut all = Vec::new();
    for (name, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(interface) = import.ty else { continue };
        if !wasi::is_known(name) {
            continue;
        }
        let bare = name.split('@').next().unwrap_or(name);
        let functions =
            interface.exports(engine).filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)));
        let (answers, traps) = functions
            .map(|(function, _)| function.to_owned())
            .partition(|function| ANSWERED.contains(&format!("{bare}#{function}").as_str()));
        all.push(Inert { import: name.to_owned(), answers, traps });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::ANSWERED;

    /// The list is for people; what answers is decided in `wasi`, and the two must not part.
    #[test]
    fn the_list_is_what_wasi_answers() {
        let source = include_str!("wasi.rs");
        let mut answered: Vec<&str> =
            source.split('"').filter(|text| text.starts_with("wasi:") && text.contains('#')).collect();
        answered.sort_unstable();
        let mut listed = ANSWERED.to_vec();
        listed.sort_unstable();
        assert_eq!(answered, listed);
    }
}
