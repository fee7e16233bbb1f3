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
            .partition(|function| wasi::answers(engine, bare, function));
        all.push(Inert { import: name.to_owned(), answers, traps });
    }
    all
}
