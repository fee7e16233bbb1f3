//! The target's configuration.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::certificate::Versions;
use lastmile_sdk::config::{Fields, NameRule};

/// Of an object that is there already: what cannot stand between the quotes of an XPath is left out.
const OBJECT: NameRule = NameRule {
    allows: |c| !c.is_control() && !matches!(c, '\'' | '"' | '<' | '>' | '&' | '/' | '[' | ']'),
    said: "no quotes, brackets, `/`, `&`, `<` or `>`",
    at_most: 63,
};

/// The day and the fingerprint behind a certificate's name.
const VERSION: usize = 18;
const DEVICE: &str = "/devices/entry[@name='localhost.localdomain']";

/// The connector, as the target's `config` has it.
pub struct Paloalto {
    pub(crate) endpoint: String,
    /// Whose API key it is: its changes alone are committed.
    pub(crate) administrator: String,
    /// The SSL/TLS service profile.
    pub(crate) profile: String,
    pub(crate) versions: Versions,
    pub(crate) vsys: Option<String>,
    /// Of Panorama.
    pub(crate) template: Option<String>,
    pub(crate) stack: Option<String>,
}

impl Paloalto {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443);
        let administrator = fields.name("administrator", "the administrator whose API key it is", &OBJECT);
        let profile = fields.name("profile", "the SSL/TLS service profile that serves it", &OBJECT);
        let vsys = fields.optional_name("vsys", "a virtual system, for example \"vsys1\"", &OBJECT);
        let template = fields.optional_name("template", "the template on Panorama", &OBJECT);
        let stack = fields.optional_name("template-stack", "the template stack to push", &OBJECT);
        let longest = if template.is_some() { 31 } else { 63 };
        // Nothing of it is cut, so that no two targets' names become one.
        let rule = NameRule {
            allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
            said: "letters, digits, `.`, `-` and `_`",
            at_most: longest - VERSION,
        };
        let name =
            fields.name("name", "what the names of certificates begin with", &rule).unwrap_or_default();
        if name.starts_with(['.', '-', '_']) {
            fields.fault("name", "write a name that begins with a letter or a digit");
        }
        if stack.is_some() && template.is_none() {
            fields.fault("template-stack", "write `template` beside it, or leave it out for a firewall");
        }
        fields.finish()?;
        Ok(Self {
            endpoint: endpoint.unwrap_or_default(),
            administrator: administrator.unwrap_or_default(),
            profile: profile.unwrap_or_default(),
            versions: Versions::new(&name, longest),
            vsys,
            template,
            stack,
        })
    }

    /// Where certificates and profiles are.
    pub(crate) fn scope(&self) -> String {
        let inner = match &self.vsys {
            Some(vsys) => format!("{DEVICE}/vsys/entry[@name='{vsys}']"),
            None => "/shared".into(),
        };
        match &self.template {
            Some(template) => format!("/config{DEVICE}/template/entry[@name='{template}']/config{inner}"),
            None => format!("/config{inner}"),
        }
    }
}
