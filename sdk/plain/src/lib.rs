//! The world of a connector without `rollback`.
//!
//! What a component exports is written down by the macro that exports it, so each of the two worlds needs its own, and
//! a crate can hold the macros of one alone. The types are those of `lastmile-sdk`: nothing but the macro is used.
#![no_std]
#![allow(clippy::all, clippy::restriction, missing_docs, unsafe_code, reason = "generated from wit/")]

wit_bindgen::generate!({
    path: "../../wit",
    world: "deployment-connector",
    pub_export_macro: true,
});
