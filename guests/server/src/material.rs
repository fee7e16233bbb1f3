//! Where the certificate and its key go, and in which form.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Keystore;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece};
use serde::Deserialize;

use crate::profile::{Layout, Profile};

/// What is written, and what command lines may say of it.
#[derive(Default)]
pub(crate) struct Material {
    pub(crate) files: Vec<File>,
    pub(crate) values: BTreeMap<&'static str, String>,
    /// The keystore's password.
    pub(crate) password: Option<Piece>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Type {
    #[default]
    Pkcs12,
    Pkcs12Legacy,
    Jks,
}

/// The form that the configuration's keys choose among the profile's.
pub(crate) fn read(profile: &Profile, fields: &mut Fields) -> Material {
    let layouts = profile.layouts;
    let chosen = layouts.iter().find(|layout| fields.has(layout.key()));
    let chosen = chosen.or(layouts.iter().find(|layout| **layout == Layout::Pair)).or(layouts.first());
    match chosen {
        Some(Layout::Keystore(alias)) => keystore(alias, fields),
        Some(Layout::CertificateFirst) => pem(&[Piece::FullChain, Piece::Key], fields),
        Some(Layout::KeyFirst) => pem(&[Piece::Key, Piece::FullChain], fields),
        Some(Layout::Pair) | None => pair(fields),
    }
}

fn pair(fields: &mut Fields) -> Material {
    let certificate = fields.path("certificate", "the path of the certificate's file").unwrap_or_default();
    let key = fields.path("key", "the path of the private key's file").unwrap_or_default();
    let chain = fields.optional_path("chain", "the path for the intermediates alone");
    let values = BTreeMap::from([("certificate", certificate.clone()), ("key", key.clone())]);
    let mut files = vec![File::new(key, &[Piece::Key])];
    match chain {
        Some(chain) => {
            files.push(File::new(certificate, &[Piece::Leaf]));
            files.push(File::new(chain, &[Piece::Chain]));
        }
        None => files.push(File::new(certificate, &[Piece::FullChain])),
    }
    Material { files, values, password: None }
}

fn pem(content: &[Piece], fields: &mut Fields) -> Material {
    let path = fields.path("pem", "the path of the one file with certificate and key").unwrap_or_default();
    let values = ["certificate", "key", "file"].map(|name| (name, path.clone())).into();
    Material { files: vec![File::new(path, content)], values, password: None }
}

fn keystore(alias: &str, fields: &mut Fields) -> Material {
    let path = fields.path("keystore", "the path of the keystore's file").unwrap_or_default();
    let kind: Option<Type> = fields.optional("type", "one of \"pkcs12\", \"pkcs12-legacy\" and \"jks\"");
    let mut text = |key, what, default: &str| -> String {
        fields.optional(key, what).unwrap_or_else(|| default.to_string())
    };
    let alias = text("alias", "the name of the entry in the keystore", alias);
    let password =
        text("password", "the name of the target's secret that is the keystore's password", "password");
    let store = Keystore { alias: alias.clone(), password: password.as_str().into() };
    let content = match kind.unwrap_or_default() {
        Type::Pkcs12 => Piece::Pkcs12(store),
        Type::Pkcs12Legacy => Piece::Pkcs12Legacy(store),
        Type::Jks => Piece::Jks(store),
    };
    Material {
        files: vec![File::new(path.clone(), &[content])],
        values: BTreeMap::from([("file", path), ("alias", alias)]),
        password: Some(Piece::Secret(password)),
    }
}
