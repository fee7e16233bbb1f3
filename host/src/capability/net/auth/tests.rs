//! Issuers that run in this process, each stricter than the real one. They are fakes and prove nothing about it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod amazon;
mod google;
mod oauth;

use std::collections::BTreeMap;

use super::*;
use crate::capability::net::tests::fake::{self, Heard, dial, failed, header, ok, plain, request, soon};
use crate::capability::net::{NetError, NetSettings, Response};
use crate::capability::vault::Vault;

/// The fields of a form or of a query.
fn fields(text: &str) -> BTreeMap<String, String> {
    reqwest::Url::parse(&format!("http://x/?{text}")).unwrap().query_pairs().into_owned().collect()
}

fn form(request: &str) -> BTreeMap<String, String> {
    fields(request.split_once("\r\n\r\n").unwrap().1)
}

/// Method and path of a request.
fn line(request: &str) -> &str {
    request.split(" HTTP/1.1").next().unwrap()
}

fn loopback(port: u16) -> Option<Loopback> {
    Some(format!("http://127.0.0.1:{port}").parse().unwrap())
}

/// A target that takes these tokens alone, and repeats what it was sent.
fn target(good: &'static [&'static str]) -> (u16, Heard) {
    fake::http(None, move |request| {
        let shown = header(request, "authorization").unwrap_or_default();
        let known = good.iter().any(|good| shown == format!("Bearer {good}"));
        if known { ok(&format!("you sent {shown}")) } else { failed(401, "expired") }
    })
}

/// Asks the target once, over a connection of its own.
fn ask(port: u16, auth: &Auth, tokens: &Tokens, vault: &Vault) -> Result<Response, NetError> {
    let settings = NetSettings { auth: auth.clone(), tokens: tokens.clone(), plaintext: true, ..plain() };
    dial(&format!("http://127.0.0.1:{port}"), settings).request(&request("GET", "/"), vault, soon())
}

fn denied(result: Result<Response, NetError>) -> String {
    match result {
        Err(NetError::Denied(text)) => text,
        other => panic!("{other:?}"),
    }
}
