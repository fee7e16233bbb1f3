//! Traefik with the file provider: certificate and key, then the dynamic configuration that names them.
//!
//! Traefik watches the directory of its dynamic files and no other (traefik#5495), so a new PEM elsewhere is not noticed
//! until a dynamic file changes. The last file is therefore one, with the fingerprint in a comment: its bytes
//! change with each certificate, and its rename is the event.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece, Plan, Server};
use lastmile_sdk::{Problem, document};

/// The connector.
pub struct Traefik;

impl Server for Traefik {
    const NAME: &'static str = "traefik";

    fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let certificate =
            fields.path("certificate", "the path of the certificate's file").unwrap_or_default();
        let key = fields.path("key", "the path of the private key's file").unwrap_or_default();
        let dynamic = fields.path(
            "dynamic",
            "the path of a dynamic file of its own, for example \"/etc/traefik/dynamic/site.yml\"",
        );
        let default: Option<bool> =
            fields.optional("default", "true, to serve it where no other certificate fits");
        let owner: Option<String> = fields.optional("owner", "a user's name");
        let group: Option<String> = fields.optional("group", "a group's name");
        fields.finish()?;
        let yaml = yaml(&certificate, &key, default.unwrap_or_default());
        let files = vec![
            File::new(key, &[Piece::Key]),
            File::new(certificate, &[Piece::FullChain]),
            File::new(
                dynamic.unwrap_or_default(),
                &[Piece::Text("# lastmile: ".into()), Piece::Fingerprint, Piece::Text(yaml)],
            ),
        ];
        let files = files.into_iter().map(|file| file.owned(owner.as_deref(), group.as_deref())).collect();
        Ok(Plan { files, check: None, reload: None })
    }
}

fn yaml(certificate: &str, key: &str, default: bool) -> String {
    let (certificate, key) = (document::json(certificate), document::json(key));
    let mut yaml =
        format!("\ntls:\n  certificates:\n    - certFile: \"{certificate}\"\n      keyFile: \"{key}\"\n");
    if default {
        yaml += &format!(
            "  stores:\n    default:\n      defaultCertificate:\n        certFile: \"{certificate}\"\n        keyFile: \"{key}\"\n"
        );
    }
    yaml
}

lastmile_sdk::export!(Traefik);
