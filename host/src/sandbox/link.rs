//! Linking: what was not granted is not there.

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, HasSelf, Linker};

use super::bindings::DeploymentConnectorPre;
use super::bindings::lastmile::connector::{fs, net, process, types};
use super::imports::State;
use super::{CONNECTOR, PluginSpec, ROLLBACK, wasi};

/// What the contract has each interface export, beside types.
const FUNCTIONS: &[(&str, &[&str])] =
    &[(CONNECTOR, &["name", "capabilities", "deploy", "observe"]), (ROLLBACK, &["rollback"])];

/// A component that was linked.
pub(super) struct Linked {
    pub(super) connector: DeploymentConnectorPre<State>,
    /// Where its `rollback` is, if it can go back.
    pub(super) rollback: Option<ComponentExportIndex>,
}

/// The component with the granted interfaces, and for `wasi = "inert"` the harmless WASI.
pub(super) fn link(engine: &Engine, component: &Component, spec: &PluginSpec) -> Result<Linked, String> {
    exports_nothing_else(engine, component)?;
    let connector =
        try_link(engine, component, spec).map_err(|error| format!("it cannot be linked: {error:#}"))?;
    Ok(Linked { connector, rollback: rollback(component)? })
}

/// The function is there where the interface is.
fn rollback(component: &Component) -> Result<Option<ComponentExportIndex>, String> {
    let Some(interface) = component.get_export_index(None, ROLLBACK) else { return Ok(None) };
    match component.get_export_index(Some(&interface), "rollback") {
        Some(function) => Ok(Some(function)),
        None => Err(format!("its {ROLLBACK} has no `rollback`")),
    }
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

/// That the functions are there and of the contract's types is checked where they are linked and started.
fn exports_nothing_else(engine: &Engine, component: &Component) -> Result<(), String> {
    for (name, functions) in FUNCTIONS {
        let interface = match component.component_type().get_export(engine, name).map(|export| export.ty) {
            Some(ComponentItem::ComponentInstance(interface)) => interface,
            None if *name == ROLLBACK => continue,
            _ => return Err(format!("its {name} is no interface")),
        };
        let surplus = interface.exports(engine).find(|(name, export)| match export.ty {
            ComponentItem::Type(_) => false,
            ComponentItem::ComponentFunc(_) => !functions.contains(name),
            _ => true,
        });
        if let Some((other, _)) = surplus {
            return Err(format!("its {name} exports `{other}`, which the contract does not have"));
        }
    }
    Ok(())
}
