//! Every profile in one component: `profile = "…"` chooses.
#![no_std]

extern crate alloc;

lastmile_sdk::export!(server::Any);
