//! Linking: what was not granted is not there.

use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, Linker};

use super::bindings::DeploymentConnectorPre;
use super::bindings::lastmile::connector::{fs, net, process, types};
use super::imports::State;
use super::{PluginSpec, wasi};

/// The component with the granted interfaces, and for `wasi = "inert"` the harmless WASI.
pub(super) fn link(
    engine: &Engine,
    component: &Component,
    spec: &PluginSpec,
) -> Result<DeploymentConnectorPre<State>, String> {
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
