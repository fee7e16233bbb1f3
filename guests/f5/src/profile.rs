//! The client-ssl profile: which element of its list serves the certificate. A PATCH replaces the whole list, so all of it is
//! read, one element is exchanged, and all of it is sent back.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{KeyKind, key_kind};
use lastmile_sdk::http::{Api, Call, object};
use lastmile_sdk::{Certificate, Connection, Failure, Problem};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::{Config, in_url};
use crate::objects::{Objects, shown};

/// An element of `certKeyChain`, with whatever else the device keeps in it.
pub(crate) type Element = Map<String, Value>;

/// What the device adds to an element by itself, and what belonged to the old key alone.
const DERIVED: [&str; 4] = ["certReference", "keyReference", "chainReference", "passphrase"];

#[derive(Deserialize)]
pub(crate) struct Profile {
    #[serde(rename = "certKeyChain", default)]
    elements: Vec<Element>,
}

fn url(profile: &str) -> String {
    format!("/mgmt/tm/ltm/profile/client-ssl{}", in_url(profile))
}

fn text<'a>(element: &'a Element, member: &str) -> &'a str {
    element.get(member).and_then(Value::as_str).unwrap_or_default()
}

impl Profile {
    pub(crate) fn read<C: Connection>(api: &mut Api<C>, config: &Config) -> Result<Self, Failure> {
        match api.find(Call::get(url(&config.profile)))? {
            Some(answer) => answer.json(),
            None => Err(misconfigured("profile", "there is no such client-ssl profile on the device")),
        }
    }

    /// The element that is to serve the certificate.
    pub(crate) fn chosen<C: Connection>(
        &self,
        api: &mut Api<C>,
        config: &Config,
        certificate: &Certificate,
    ) -> Result<&Element, Failure> {
        if let Some(name) = &config.element {
            let missing =
                || misconfigured("element", "the profile has no element of this name in certKeyChain");
            return self.named(name).ok_or_else(missing);
        }
        if let [only] = self.elements.as_slice() {
            return Ok(only);
        }
        let wanted =
            if matches!(key_kind(&certificate.leaf_pem), Some(KeyKind::Rsa(_))) { "rsa" } else { "ec" };
        for element in &self.elements {
            let held = shown(api, text(element, "cert"))?;
            if held.is_some_and(|held| held.key_type.starts_with(wanted)) {
                return Ok(element);
            }
        }
        let none =
            format!("the profile has no element with such a key ({wanted}); write which one to replace");
        Err(misconfigured("element", &none))
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Element> {
        self.elements.iter().find(|element| text(element, "name") == name)
    }

    /// Lets this element take the place of the one of its name, and leaves the others as they were.
    pub(crate) fn exchanged(&self, config: &Config, element: &Element) -> Call {
        let place = |present: &Element| {
            let same = text(present, "name") == text(element, "name");
            Value::Object(if same { element.clone() } else { present.clone() })
        };
        let list: Vec<Value> = self.elements.iter().map(place).collect();
        Call::patch(url(&config.profile))
            .json(object! { "certKeyChain": list })
            .changes("bind the certificate")
    }
}

/// Whether the element serves these objects.
pub(crate) fn serves(element: &Element, objects: &Objects) -> bool {
    let chain = Some(text(element, "chain")).filter(|chain| !chain.is_empty()).unwrap_or("none");
    (text(element, "cert"), text(element, "key"), chain)
        == (objects.cert().as_str(), objects.key().as_str(), objects.chain().as_str())
}

/// The element with these objects in place of its own.
pub(crate) fn serving(element: &Element, objects: &Objects) -> Element {
    let mut element = element.clone();
    element.retain(|member, _| !DERIVED.contains(&member.as_str()));
    for (member, path) in [("cert", objects.cert()), ("key", objects.key()), ("chain", objects.chain())] {
        element.insert(member.to_string(), path.into());
    }
    element
}

/// The full path of the element's certificate.
pub(crate) fn certificate_of(element: &Element) -> &str {
    text(element, "cert")
}

pub(crate) fn name_of(element: &Element) -> &str {
    text(element, "name")
}

fn misconfigured(key: &str, message: &str) -> Failure {
    Failure::Misconfigured(vec![Problem { pointer: format!("/{key}"), message: message.to_string() }])
}
