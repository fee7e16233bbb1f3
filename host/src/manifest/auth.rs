//! A target's `auth`.

use std::collections::BTreeMap;

use super::reader::Keys;
use super::{Faults, SecretSource};
use crate::capability::net::Auth;

type Secrets = BTreeMap<String, SecretSource>;

pub(super) fn auth(keys: &Keys<'_>, secrets: &Secrets, faults: &mut Faults) -> Auth {
    const KINDS: &str = "kind = \"basic\", \"bearer\", \"header\" or \"aws-sigv4\"";
    let Some(node) = keys.get("auth") else { return Auth::None };
    let Some(table) = node.table(faults, &format!("{{ {KINDS}, … }}")) else { return Auth::None };
    let Some(kind_node) =
        table.required(faults, "kind", "\"basic\", \"bearer\", \"header\" or \"aws-sigv4\"")
    else {
        return Auth::None;
    };
    let mut text = |key| {
        table
            .required(faults, key, "a string")
            .and_then(|node| node.text(faults, "a string"))
            .unwrap_or_default()
    };
    let auth = match kind_node.item.as_str() {
        Some("basic") => {
            Auth::Basic { username: text("username"), password: secret(&table, "password", secrets, faults) }
        }
        Some("bearer") => Auth::Bearer { token: secret(&table, "token", secrets, faults) },
        Some("header") => {
            Auth::Header { name: text("name"), value: secret(&table, "value", secrets, faults) }
        }
        Some("aws-sigv4") => {
            let (region, service) = (text("region"), text("service"));
            let session =
                table.get("session-token").and_then(|node| node.text(faults, "the name of a secret"));
            Auth::AwsSigv4 {
                region,
                service,
                access_key_id: secret(&table, "access-key-id", secrets, faults),
                secret_access_key: secret(&table, "secret-access-key", secrets, faults),
                session_token: session,
            }
        }
        _ => {
            kind_node.fault(faults, "there is no such kind of auth", KINDS);
            return Auth::None;
        }
    };
    table.finish(faults);
    auth
}

/// A key that names one of the target's secrets.
fn secret(table: &Keys<'_>, key: &'static str, secrets: &Secrets, faults: &mut Faults) -> String {
    const WANTED: &str = "the name of one of the target's `secrets`";
    let Some(node) = table.required(faults, key, WANTED) else { return String::new() };
    let name = node.text(faults, WANTED).unwrap_or_default();
    if !name.is_empty() && !secrets.contains_key(&name) {
        // What stands here may be the secret itself: it is not repeated.
        let known: Vec<&str> = secrets.keys().map(String::as_str).collect();
        node.fault(faults, &format!("it names none of the target's secrets ({})", known.join(", ")), WANTED);
    }
    name
}
