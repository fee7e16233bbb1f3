//! Every profile in one component: `profile = "…"` chooses.
#![no_std]

lastmile_sdk::export!(server::Any);
