//! The target's configuration.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;

/// What the operator wrote under the target's `config`.
pub(crate) struct Config {
    pub(crate) certificate: String,
    pub(crate) chain: Option<String>,
    pub(crate) key: String,
    pub(crate) key_mode: u32,
    pub(crate) owner: Option<String>,
    pub(crate) group: Option<String>,
    program: String,
    config_file: Option<String>,
    error_log: Option<String>,
}

impl Config {
    pub(crate) fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let certificate = fields.path("certificate", "the path of `ssl_certificate`");
        let key = fields.path("key", "the path of `ssl_certificate_key`");
        let chain = fields.optional_path("chain", "the path for the intermediates alone");
        let program = fields.optional_path("program", "the path of nginx");
        let config_file = fields.optional_path("config-file", "the path of nginx.conf");
        let error_log = fields.optional_path("error-log", "the path of the log that nginx opens first");
        let owner = fields.optional("owner", "a user's name");
        let group: Option<String> = fields.optional("group", "a group's name");
        fields.finish()?;
        // A group was named so that it may read the key.
        let key_mode = if group.is_some() { 0o640 } else { 0o600 };
        Ok(Self {
            certificate: certificate.unwrap_or_default(),
            chain,
            key: key.unwrap_or_default(),
            key_mode,
            owner,
            group,
            program: program.unwrap_or_else(|| "/usr/sbin/nginx".to_string()),
            config_file,
            error_log,
        })
    }

    /// nginx's command line with these last arguments.
    pub(crate) fn command(&self, last: &[&str]) -> Vec<String> {
        let mut argv = vec![self.program.clone()];
        if let Some(file) = &self.config_file {
            argv.extend(["-c".to_string(), file.clone()]);
        }
        if let Some(log) = &self.error_log {
            argv.extend(["-e".to_string(), log.clone()]);
        }
        argv.extend(last.iter().map(ToString::to_string));
        argv
    }
}
