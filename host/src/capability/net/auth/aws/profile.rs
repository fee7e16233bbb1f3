//! `credentials = "profile"`: one section of the file that `aws configure` writes.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::super::caller::Caller;
use super::{Keys, required};
use crate::capability::net::NetError;

pub(super) fn keys(profile: &str, file: Option<&Path>, caller: &Caller<'_>) -> Result<Keys, NetError> {
    let path = match (file, (caller.variable)("AWS_SHARED_CREDENTIALS_FILE")) {
        (Some(file), _) => file.to_owned(),
        (None, Some(file)) => PathBuf::from(file),
        (None, None) => Path::new(&required(caller, "HOME")?).join(".aws/credentials"),
    };
    let text = std::fs::read_to_string(&path).map(Zeroizing::new).map_err(|error| {
        NetError::Denied(format!("the credentials file {} cannot be read: {error}", path.display()))
    })?;
    section(&text, profile).map_err(|fault| {
        NetError::Denied(format!("profile `{profile}` of the credentials file {}: {fault}", path.display()))
    })
}

fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']').map(str::trim)
}

/// Only keys that stand in the file: what a profile takes from elsewhere has a source of its own here.
fn section(text: &str, profile: &str) -> Result<Keys, String> {
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| header(line) == Some(profile)).ok_or("there is no such section")?;
    let entries: Vec<(&str, &str)> = lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with(['#', ';']))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let value = |wanted: &str| {
        let found =
            entries.iter().find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_empty());
        found.map(|(_, value)| Zeroizing::new((*value).to_owned()))
    };
    let needed = |name: &str| value(name).ok_or(format!("it has no `{name}`"));
    Ok(Keys {
        access_key_id: needed("aws_access_key_id")?,
        secret_access_key: needed("aws_secret_access_key")?,
        session_token: value("aws_session_token"),
    })
}
