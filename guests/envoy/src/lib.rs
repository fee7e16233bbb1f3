//! Envoy with a secret from a file (SDS): certificate and key stand inside the one file that is renamed into place.
//!
//! Envoy watches for moves and reads what a secret names once. With both halves inline there is one
//! file, one move, and no moment with half a pair.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece, Plan, Run, Server};
use lastmile_sdk::{Problem, document};

/// The connector.
pub struct Envoy;

const TYPE: &str = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

impl Server for Envoy {
    const NAME: &'static str = "envoy";

    fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let secret = fields
            .path("secret", "the path of `path_config_source`, for example \"/etc/envoy/sds/site.yaml\"");
        let name: Option<String> =
            fields.required("name", "the name in `tls_certificate_sds_secret_configs`");
        let check = fields.optional_command("check").filter(|argv| !argv.is_empty());
        let owner: Option<String> = fields.optional("owner", "a user's name");
        let group: Option<String> = fields.optional("group", "a group's name");
        fields.finish()?;
        let head = format!(
            "resources:\n- \"@type\": \"{TYPE}\"\n  name: \"{}\"\n  tls_certificate:\n    certificate_chain:\n      inline_string: \"",
            document::json(&name.unwrap_or_default())
        );
        let file = File::new(
            secret.unwrap_or_default(),
            &[
                Piece::Text(head),
                Piece::FullChainJson,
                Piece::Text("\"\n    private_key:\n      inline_string: \"".into()),
                Piece::KeyJson,
                Piece::Text("\"\n".into()),
            ],
        );
        let files = vec![file.owned(owner.as_deref(), group.as_deref())];
        Ok(Plan { files, check: check.map(Run::new), reload: None })
    }
}

lastmile_sdk::export!(Envoy);
