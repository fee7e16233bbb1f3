//! The target's configuration.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::certificate::Versions;
use lastmile_sdk::config::{Fields, NameRule};
use lastmile_sdk::http::Call;

use crate::binding::Binding;

/// The longest name of a certificate; the day and the fingerprint stand behind what the operator chose.
const LONGEST: usize = 35;
const NAME: NameRule = NameRule {
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
    said: "letters, digits, `.`, `-` and `_`",
    at_most: LONGEST - 18,
};
const VDOM: NameRule = NameRule { at_most: 31, ..NAME };

/// The connector, as the target's `config` has it.
pub struct Fortigate {
    pub(crate) endpoint: String,
    /// What serves the certificate, the device's own management last.
    pub(crate) bindings: Vec<Binding>,
    /// The certificate whose place in a list is taken the first time.
    pub(crate) replaces: Option<String>,
    pub(crate) versions: Versions,
    vdom: String,
    scope: &'static str,
}

impl Fortigate {
    pub(crate) fn read(config: &str) -> Result<Self, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let endpoint = fields.endpoint("host", "port", 443);
        let name = fields.name("name", "what the names of certificates begin with", &NAME);
        let vdom = fields.optional_name("vdom", "a virtual domain, for example \"root\"", &VDOM);
        let global = fields.optional("global", "true where certificates are to be global").unwrap_or(false);
        let replaces = fields.optional("replaces", "the name of the certificate to replace at first");
        let bind: Option<Vec<String>> =
            fields.required("bind", "a list, for example [\"ssl-vpn\", \"vip/shop\"]");
        let mut bindings = Vec::new();
        for (index, text) in bind.iter().flatten().enumerate() {
            match Binding::parse(text) {
                Some(binding) if !bindings.contains(&binding) => bindings.push(binding),
                Some(_) => fields.fault_at(&format!("/bind/{index}"), "it is there twice; write it once"),
                None => fields.fault_at(&format!("/bind/{index}"), Binding::HELP),
            }
        }
        if bind.is_some_and(|bind| bind.is_empty()) {
            fields.fault("bind", Binding::HELP);
        }
        fields.finish()?;
        // The line drops with it.
        bindings.sort_by_key(Binding::is_management);
        Ok(Self {
            endpoint: endpoint.unwrap_or_default(),
            bindings,
            replaces,
            versions: Versions::new(&name.unwrap_or_default(), LONGEST),
            vdom: vdom.unwrap_or_else(|| "root".into()),
            scope: if global { "global" } else { "vdom" },
        })
    }

    /// Which virtual domain a call is about.
    pub(crate) fn within(&self, call: Call) -> Call {
        call.query("vdom", &self.vdom)
    }

    /// Where certificates are kept.
    pub(crate) fn scope(&self) -> &'static str {
        self.scope
    }
}
