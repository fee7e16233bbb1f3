//! What nobody thought of: the operator writes files, check and reload down himself.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{File, Piece, Plan, Run};
use lastmile_sdk::{Keystore, Problem};
use serde::Deserialize;

const FILES: &str =
    "a list of files, for example [{ path = \"/etc/x/site.pem\", content = [\"full-chain\", \"key\"] }]";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    path: String,
    content: Vec<Content>,
    owner: Option<String>,
    group: Option<String>,
}

/// A piece by its name; those that need a passphrase name one of the target's secrets.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Content {
    Leaf,
    Chain,
    FullChain,
    Key,
    TraditionalKey,
    EncryptedKey { passphrase: String },
    Pkcs12 { alias: String, password: String },
    Pkcs12Legacy { alias: String, password: String },
    Jks { alias: String, password: String },
    Text(String),
}

pub(crate) fn plan(mut fields: Fields) -> Result<Plan, Vec<Problem>> {
    let wanted: Vec<Wanted> = fields.required("files", FILES).unwrap_or_default();
    for (index, file) in wanted.iter().enumerate() {
        if !file.path.starts_with('/') || file.path.ends_with('/') {
            fields.fault_at(&format!("/files/{index}/path"), "write the absolute path of a file");
        }
        if file.content.is_empty() {
            fields.fault_at(
                &format!("/files/{index}/content"),
                "write what stands in it, for example [\"key\"]",
            );
        }
    }
    let run = |argv: Vec<String>| (!argv.is_empty()).then(|| Run::new(argv));
    let check = fields.optional_command("check").and_then(run);
    let mut reload = fields.optional_command("reload").and_then(run);
    let says: Option<String> = fields.optional("says", "what the reload prints if it succeeded");
    if let (Some(reload), Some(says)) = (&mut reload, says) {
        reload.says = says;
    }
    fields.finish()?;
    Ok(Plan { files: wanted.into_iter().map(file).collect(), check, reload })
}

fn file(wanted: Wanted) -> File {
    let content: Vec<Piece> = wanted.content.into_iter().map(piece).collect();
    File::new(wanted.path, &content).owned(wanted.owner.as_deref(), wanted.group.as_deref())
}

fn piece(content: Content) -> Piece {
    match content {
        Content::Leaf => Piece::Leaf,
        Content::Chain => Piece::Chain,
        Content::FullChain => Piece::FullChain,
        Content::Key => Piece::Key,
        Content::TraditionalKey => Piece::TraditionalKey,
        Content::EncryptedKey { passphrase } => Piece::EncryptedKey(passphrase),
        Content::Pkcs12 { alias, password } => Piece::Pkcs12(store(alias, &password)),
        Content::Pkcs12Legacy { alias, password } => Piece::Pkcs12Legacy(store(alias, &password)),
        Content::Jks { alias, password } => Piece::Jks(store(alias, &password)),
        Content::Text(text) => Piece::Text(text),
    }
}

fn store(alias: String, password: &str) -> Keystore {
    Keystore { alias, password: password.into() }
}
