//! The client-ssl profile: which element of its list serves the certificate. A PATCH replaces the whole list, so all of it is
//! read, one element is exchanged, and all of it is sent back.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lastmile_sdk::certificate::{KeyKind, key_kind};
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{Api, Call, object};
use lastmile_sdk::{Certificate, Connection, Failure};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::{F5, in_url};
use crate::files::{File, shown};

/// An element of `certKeyChain`, with whatever else the device keeps in it.
pub(crate) type Element = Map<String, Value>;

#[derive(Deserialize)]
pub(crate) struct Profile {
    #[serde(rename = "certKeyChain", default)]
    elements: Vec<Element>,
}

fn url(target: &F5) -> String {
    format!("/mgmt/tm/ltm/profile/client-ssl{}", in_url(&target.profile))
}

pub(crate) fn text<'a>(element: &'a Element, member: &str) -> &'a str {
    element.get(member).and_then(Value::as_str).unwrap_or("none")
}

impl Profile {
    pub(crate) fn read<C: Connection>(api: &mut Api<C>, target: &F5) -> Result<Self, Failure> {
        let missing = || misconfigured("profile", "there is no such client-ssl profile on the device");
        api.find(Call::get(url(target)))?.ok_or_else(missing)?.json()
    }

    /// The element that is to serve the certificate.
    pub(crate) fn chosen<C: Connection>(
        &self,
        api: &mut Api<C>,
        target: &F5,
        certificate: &Certificate,
    ) -> Result<&Element, Failure> {
        if let Some(name) = &target.element {
            let missing =
                || misconfigured("element", "the profile has no element of this name in certKeyChain");
            return self.named(name).ok_or_else(missing);
        }
        if let [only] = self.elements.as_slice() {
            return Ok(only);
        }
        let kind =
            if matches!(key_kind(&certificate.leaf_pem), Some(KeyKind::Rsa(_))) { "rsa" } else { "ec" };
        for element in &self.elements {
            if shown(api, text(element, "cert"))?.is_some_and(|held| held.key_type.starts_with(kind)) {
                return Ok(element);
            }
        }
        let none = format!("no element of the profile has such a key ({kind}); write which one to replace");
        Err(misconfigured("element", &none))
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Element> {
        self.elements.iter().find(|element| text(element, "name") == name)
    }

    /// Lets this element take the place of the one of its name, and leaves the others as they were.
    pub(crate) fn exchanged(&self, target: &F5, element: &Element) -> Call {
        let place = |present: &Element| {
            let same = text(present, "name") == text(element, "name");
            Value::Object(if same { element.clone() } else { present.clone() })
        };
        let list: Vec<Value> = self.elements.iter().map(place).collect();
        Call::patch(url(target)).json(object! { "certKeyChain": list }).changes("bind the certificate")
    }
}

/// The element with these files in place of its own.
pub(crate) fn serving(element: &Element, files: &[File]) -> Element {
    let mut element = element.clone();
    // The links are the device's own, the passphrase was the old key's.
    element.retain(|member, _| !member.ends_with("Reference") && member != "passphrase");
    element.insert("chain".to_string(), "none".into());
    element.extend(files.iter().map(|file| (file.member.to_string(), file.path().into())));
    element
}

/// Whether it serves these files already.
pub(crate) fn serves(element: &Element, files: &[File]) -> bool {
    let new = serving(element, files);
    ["cert", "key", "chain"].iter().all(|member| text(element, member) == text(&new, member))
}
