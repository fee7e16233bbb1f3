//! nginx: write certificate and key, let nginx test its configuration, reload.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece, Plan, Run, Server};

/// The connector.
pub struct Nginx;

impl Server for Nginx {
    const NAME: &'static str = "nginx";

    fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let certificate = fields.path("certificate", "the path of `ssl_certificate`").unwrap_or_default();
        let key = fields.path("key", "the path of `ssl_certificate_key`").unwrap_or_default();
        let chain = fields.optional_path("chain", "the path for the intermediates alone");
        let program = fields.optional_path("program", "the path of nginx");
        let config_file = fields.optional_path("config-file", "the path of nginx.conf");
        let error_log = fields.optional_path("error-log", "the path of the log that nginx opens first");
        let owner: Option<String> = fields.optional("owner", "a user's name");
        let group: Option<String> = fields.optional("group", "a group's name");
        fields.finish()?;

        let mut files = vec![File::new(key, &[Piece::Key])];
        match chain {
            Some(chain) => {
                files.push(File::new(certificate, &[Piece::Leaf]));
                files.push(File::new(chain, &[Piece::Chain]));
            }
            None => files.push(File::new(certificate, &[Piece::FullChain])),
        }
        let mut nginx = vec![program.unwrap_or_else(|| "/usr/sbin/nginx".to_string())];
        nginx.extend(config_file.into_iter().flat_map(|file| ["-c".to_string(), file]));
        nginx.extend(error_log.into_iter().flat_map(|log| ["-e".to_string(), log]));
        let run = |last: &[&str]| Run::new(nginx.iter().map(String::as_str).chain(last.iter().copied()));
        Ok(Plan {
            files: files.into_iter().map(|file| file.owned(owner.as_deref(), group.as_deref())).collect(),
            check: Some(run(&["-t"])),
            reload: Some(run(&["-s", "reload"])),
        })
    }
}

lastmile_sdk::export!(Nginx);
