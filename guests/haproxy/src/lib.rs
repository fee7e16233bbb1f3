//! HAProxy: one PEM with leaf, chain and key; an optional check; a reload by the operator's means.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece, Plan, Run, Server};

/// The connector.
pub struct Haproxy;

impl Server for Haproxy {
    const NAME: &'static str = "haproxy";

    fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let pem = fields.path("pem", "the path of the file that `bind … ssl crt` names").unwrap_or_default();
        let check = fields.optional_command("check").unwrap_or_default();
        let reload = fields.optional_command("reload");
        let owner: Option<String> = fields.optional("owner", "a user's name");
        let group: Option<String> = fields.optional("group", "a group's name");
        let reload = reload.unwrap_or_default();
        if reload.is_empty() {
            fields.fault(
                "reload",
                "write the command that makes HAProxy read the file again, for example \
                 [\"/usr/bin/systemctl\", \"reload\", \"haproxy\"]",
            );
        }
        fields.finish()?;
        let file = File::new(pem, &[Piece::FullChain, Piece::Key]);
        Ok(Plan {
            files: vec![file.owned(owner.as_deref(), group.as_deref())],
            check: (!check.is_empty()).then(|| Run::new(check)),
            reload: Some(Run::new(reload)),
        })
    }
}

lastmile_sdk::export!(Haproxy);
