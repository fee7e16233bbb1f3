//! The way back. KV has no way to make an old version the current one without its content passing by: a client reads it and
//! writes it again, the old private key included. So that happens only where the operator asked for it.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use lastmile_sdk::certificate::same_leaf;
use lastmile_sdk::http::{Api, Call, Value, object};
use lastmile_sdk::{Connection, Deployment, Failure};
use serde::Deserialize;

use crate::config::VaultKv;
use crate::vault::State;
use crate::write::{Note, version};

type Content = BTreeMap<String, Value>;

#[derive(Deserialize)]
struct Read {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    data: Content,
}

/// Back to what was there before this one deployment, which took all of the notes, the newest first.
pub(crate) fn restore<C: Connection>(
    api: &mut Api<C>,
    config: &VaultKv,
    deployment: &Deployment,
    notes: &[Note],
) -> Result<(), Failure> {
    let Some(oldest) = notes.last() else { return Ok(()) };
    let state = State::read(api, config)?;
    if state.current_version == oldest.version {
        return Ok(());
    }
    if !config.restore {
        return stays(config, deployment, &state, notes);
    }
    // By its content and not by the mark, which an attempt that was cut has not set.
    let is_ours = |content: &Option<Content>| {
        let pem = content.as_ref().and_then(|content| content.get(&config.names.certificate)?.as_str());
        pem.is_some_and(|pem| same_leaf(pem, &deployment.certificate))
    };
    if !is_ours(&read(api, config, state.current_version)?) {
        return Ok(());
    }
    // Between two notes there may be another writer's version, or one of ours whose answer was cut.
    let mut old = None;
    for before in notes {
        old = if before.live { read(api, config, before.version)? } else { None };
        if !is_ours(&old) {
            break;
        }
    }
    match old {
        Some(old) => {
            let data: Value = old.into_iter().collect();
            let body = object! { "options": object! { "cas": state.current_version }, "data": data };
            let call = Call::post(config.path_of("data")).json(body).changes("write the old version again");
            version(&api.call(call)?).map(drop)
        }
        // There was none, or it was deleted: then ours is, too.
        None => {
            let body = object! { "versions": alloc::vec![state.current_version] };
            let call = Call::post(config.path_of("delete")).json(body).changes("delete the new version");
            api.call(call).map(drop)
        }
    }
}

fn read<C: Connection>(api: &mut Api<C>, config: &VaultKv, version: u64) -> Result<Option<Content>, Failure> {
    let call = Call::get(config.path_of("data")).query("version", &format!("{version}"));
    api.find(call)?.map(|answer| answer.json::<Read>().map(|read| read.data.data)).transpose()
}

/// Without `restore` the new version stays, and the operator is told how to go back.
fn stays(config: &VaultKv, deployment: &Deployment, state: &State, notes: &[Note]) -> Result<(), Failure> {
    if !state.holds(&deployment.certificate.fingerprint) {
        return Ok(());
    }
    let (mount, path) = config.mount_and_path();
    // The newest that a write of ours replaced; only who reads it knows whether a cut write made that one, too.
    let before = notes.first().map_or(0, |newest| newest.version);
    Err(Failure::Rejected(format!(
        "version {} of {mount}/{path} stays; go back with `bao kv rollback -mount={mount} -version={} {path}` (or \
         `vault kv …`), or let this connector do it with restore = true",
        state.current_version, before
    )))
}
