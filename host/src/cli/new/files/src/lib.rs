//! {{name}}: a certificate and a key in files, a check, and a command that makes the server read them.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece, Plan, Run, Server};

/// The connector.
pub struct Mine;

impl Server for Mine {
    const NAME: &'static str = "{{name}}";

    /// What a target's `config` comes to. The SDK does the rest: it declares, writes, checks, reloads, and says
    /// `unchanged` where the files are as they should be.
    fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
        // EDIT: the keys that an operator writes. `finish` reports every fault at once, unknown keys too.
        let mut fields = Fields::parse(config)?;
        let certificate = fields.path("certificate", "the path for leaf and intermediates").unwrap_or_default();
        let key = fields.path("key", "the path for the private key").unwrap_or_default();
        let check = fields.optional_command("check").unwrap_or_default();
        let reload = fields.optional_command("reload").unwrap_or_default();
        fields.finish()?;
        Ok(Plan {
            // EDIT: what stands in which file, in the order in which they are written.
            files: vec![File::new(key, &[Piece::Key]), File::new(certificate, &[Piece::FullChain])],
            // EDIT: the server's own check and reload, if they are always the same.
            check: (!check.is_empty()).then(|| Run::new(check)),
            reload: (!reload.is_empty()).then(|| Run::new(reload)),
        })
    }
}

lastmile_sdk::export!(Mine);
