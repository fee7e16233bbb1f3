//! Linking: what was not granted is not there.

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker};

use super::bindings::DeploymentConnectorPre;
use super::bindings::lastmile::connector::{fs, net, process, types};
use super::imports::State;
use super::{CONNECTOR, PluginSpec, wasi};

/// What the contract has a connector export, beside types.
const FUNCTIONS: [&str; 4] = ["name", "capabilities", "deploy", "observe"];

/// The component with the granted interfaces, and for `wasi = "inert"` the harmless WASI.
pub(super) fn link(
    engine: &Engine,
    component: &Component,
    spec: &PluginSpec,
) -> Result<DeploymentConnectorPre<State>, String> {
    exports_nothing_else(engine, component)?;
    try_link(engine, component, spec).map_err(|error| format!("it cannot be linked: {error:#}"))
}

fn try_link(
    engine: &Engine,
    component: &Component,
    spec: &PluginSpec,
) -> wasmtime::Result<DeploymentConnectorPre<State>> {
    let mut linker: Linker<State> = Linker::new(engine);
    types::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    if spec.granted.fs {
        fs::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    }
    if spec.granted.net {
        net::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    }
    if spec.granted.process {
        process::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    }
    if spec.inert_wasi {
        wasi::add_to_linker(engine, component, &mut linker)?;
    }
    DeploymentConnectorPre::new(linker.instantiate_pre(component)?)
}

/// That the four are there and of the contract's types is checked where they are linked and started.
fn exports_nothing_else(engine: &Engine, component: &Component) -> Result<(), String> {
    let export = component.component_type().get_export(engine, CONNECTOR).map(|export| export.ty);
    let Some(ComponentItem::ComponentInstance(interface)) = export else {
        return Err(format!("its {CONNECTOR} is no interface"));
    };
    let surplus = interface.exports(engine).find(|(name, export)| match export.ty {
        ComponentItem::Type(_) => false,
        ComponentItem::ComponentFunc(_) => !FUNCTIONS.contains(name),
        _ => true,
    });
    match surplus {
        Some((name, _)) => Err(format!("its {CONNECTOR} exports `{name}`, which the contract does not have")),
        None => Ok(()),
    }
}
