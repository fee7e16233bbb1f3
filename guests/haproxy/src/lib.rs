//! HAProxy: one PEM with leaf, chain and key; an optional check; then the runtime API, or a reload by the operator's
//! means.
//!
//! The runtime API replaces the certificate in memory: no new process, no closed connection, and a pair that does not
//! fit is refused at once. Its input holds the key, so an undo cannot repeat it: it reloads.
#![no_std]

extern crate alloc;

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString};
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
        let runtime = fields.optional_path("runtime", "the path of a `stats socket … level admin`");
        let owner: Option<String> = fields.optional("owner", "a user's name");
        let group: Option<String> = fields.optional("group", "a group's name");
        let reload = reload.unwrap_or_default();
        if runtime.is_some() && pem.contains(|c: char| c.is_whitespace() || c == ';') {
            fields.fault("pem", "HAProxy's command line takes no path with white space or a semicolon");
        }
        if reload.is_empty() {
            fields.fault(
                "reload",
                "write the command that makes HAProxy read the file again, for example \
                 [\"/usr/bin/systemctl\", \"reload\", \"haproxy\"]",
            );
        }
        fields.finish()?;
        let told = match runtime {
            Some(socket) => through(&socket, &pem, reload),
            None => Run::new(reload),
        };
        let file = File::new(pem, &[Piece::FullChain, Piece::Key]);
        Ok(Plan {
            files: vec![file.owned(owner.as_deref(), group.as_deref())],
            check: (!check.is_empty()).then(|| Run::new(check)),
            reload: Some(told),
        })
    }
}

/// The new material over the socket. A payload ends at the first empty line.
fn through(socket: &str, pem: &str, reload: Vec<String>) -> Run {
    let address = format!("UNIX-CONNECT:{socket}");
    Run {
        stdin: vec![
            Piece::Text(format!("set ssl cert {pem} <<\n")),
            Piece::FullChain,
            Piece::Key,
            Piece::Text(format!("\ncommit ssl cert {pem}\n")),
        ],
        says: "Success!".to_string(),
        never_says: vec!["Can't".to_string()],
        back: Some(reload),
        ..Run::new(["/usr/bin/socat", "-t5", "-", &address])
    }
}

lastmile_sdk::export!(Haproxy);
