//! The contract as wasmtime generates it from `wit/`.
#![allow(clippy::all, clippy::restriction, missing_docs, reason = "generated from wit/")]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "deployment-connector",
    imports: { default: trappable },
    with: { "lastmile:connector/net.connection": super::imports::Dialled },
});
