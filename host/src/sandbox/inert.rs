//! What a component gets of each WASI import under `wasi = "inert"`, for whoever decides whether to admit it.

use serde::Serialize;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

use super::wasi;

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
            .partition(|function| wasi::answers(engine, bare, function).unwrap_or_default());
        all.push(Inert { import: name.to_owned(), answers, traps });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::wasi;
    use wasmtime::Engine;

    #[test]
    fn what_answers_is_told_from_what_traps() {
        let engine = Engine::default();
        let answers = |interface, name| wasi::answers(&engine, interface, name).unwrap_or_default();
        for (interface, name) in [
            ("wasi:cli/environment", "get-environment"),
            ("wasi:clocks/wall-clock", "now"),
            ("wasi:io/streams", "[method]output-stream.write"),
            ("wasi:random/random", "get-random-bytes"),
            ("wasi:filesystem/preopens", "get-directories"),
        ] {
            assert!(answers(interface, name), "{interface}#{name}");
        }
        for (interface, name) in [
            ("wasi:cli/exit", "exit"),
            ("wasi:filesystem/types", "[method]descriptor.open-at"),
            ("wasi:sockets/tcp", "[method]tcp-socket.start-connect"),
            ("wasi:http/outgoing-handler", "handle"),
        ] {
            assert!(!answers(interface, name), "{interface}#{name}");
        }
    }
}
