//! A TLS Secret of a Kubernetes cluster, by server-side apply: the certificate's fields are lastmile's, all others stay
//! whose they are.
//!
//! It asks for the Secret's metadata alone: no key, not even the old one, is ever shown to it. The pair before is copied
//! within the Secret by the API server itself, and going back is to copy it back.
#![no_std]

extern crate alloc;

mod config;
mod held;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{Answer, Api, Call, Judged, Node, Target, Value, Verdict, key, object, parse_notes};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt, document};

use crate::held::{ANNOTATION, Held, MANAGER, mark};

type Done = Result<(), Failure>;

const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
/// Where the pair before lies, beside the new one.
const PREVIOUS: [(&str, &str); 2] = [("tls.crt", "previous-tls.crt"), ("tls.key", "previous-tls.key")];
/// What is forbidden to everybody, whatever the role.
const RULES: [&str; 2] = ["exceeded quota", "admission webhook"];

/// One Secret.
pub struct KubernetesTlsSecret {
    endpoint: String,
    /// The Secret's path in the API.
    path: String,
    namespace: String,
    secret: String,
    /// Field managers that must give up the certificate.
    take_over: Vec<String>,
}

impl Target for KubernetesTlsSecret {
    const NAME: &'static str = "kubernetes-tls-secret";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        config::parse(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// By the `Status` that the API says no with.
    fn judge(answer: &Answer) -> Judged {
        if answer.status() < 400 {
            return answer.by_status().into();
        }
        let said: Value = answer.json().unwrap_or_default();
        let text = |pointer: &str| said.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let message = text("/message");
        let verdict = match answer.status() {
            403 if RULES.iter().any(|rule| message.contains(rule)) => Verdict::Rejected,
            404 if text("/details/kind") == "namespaces" => Verdict::Misconfigured("namespace"),
            // A proxy's page is no proof that there is no such Secret.
            404 if text("/reason") != "NotFound" => Verdict::Rejected,
            409 if text("/details/causes/0/reason") == "FieldManagerConflict" => {
                let advice = "for lastmile to have these fields, write their manager into `take-over`";
                return Verdict::Rejected.because(&format!("{message}; {advice}"));
            }
            // Somebody was faster, and nothing was done: the next attempt looks first.
            409 => Verdict::Unavailable,
            _ => answer.by_status(),
        };
        verdict.because(message)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let (new, before) = (&deployment.certificate, RefCell::new(None));
        let look = |api: &mut Api<C>| {
            *before.borrow_mut() = self.held(api)?;
            let same = before.borrow().as_ref().and_then(Held::mark) == Some(&mark(new));
            Ok(same.then_some(()))
        };
        api.bring(look, |api| self.put(api, new, before.take()))?;
        Ok(api.receipt(&self.path, "the Secret holds the certificate, its chain and its key"))
    }

    fn served<C: Connection>(&self, api: &mut Api<C>, _: &Deployment) -> Result<Option<String>, Failure> {
        let held = self.held(api)?;
        let mark = held.as_ref().and_then(Held::mark);
        Ok(mark.and_then(|mark| mark.split('.').next()).map(ToString::to_string))
    }

    fn take_back<C: Connection>(&self, api: &mut Api<C>, of: &Deployment, notes: &[String]) -> Done {
        let marks: Vec<Option<String>> = parse_notes(notes)?;
        marks.iter().try_for_each(|before| self.restore(api, &mark(&of.certificate), before.as_deref()))
    }
}

impl KubernetesTlsSecret {
    fn held<C: Connection>(&self, api: &mut Api<C>) -> Result<Option<Held>, Failure> {
        api.header("accept", METADATA);
        api.find(Call::get(&self.path))?.map(Held::read).transpose()
    }

    /// Applies the certificate, after the API has said that it would take it and has put the pair before aside.
    fn put<C: Connection>(&self, api: &mut Api<C>, new: &Certificate, before: Option<Held>) -> Done {
        let Some(before) = before else { return self.apply(api, new, "false", false) };
        if before.is_cert_managers() {
            let text = "cert-manager would write its own certificate back; write the name of another Secret";
            return Err(misconfigured("secret", text));
        }
        let yields = |owner: &str| owner == MANAGER || self.take_over.iter().any(|name| name == owner);
        let force = if before.owners().into_iter().all(yields) { "true" } else { "false" };
        self.apply(api, new, force, true)?;
        api.note(&before.mark())?;
        let copies = PREVIOUS.map(|(now, previous)| copy(now, previous));
        self.patch(api, &before, copies.into(), "keep the pair before")?;
        self.apply(api, new, force, false)
    }

    /// Every field that is ours, each time: one that is left out would be removed.
    fn apply<C: Connection>(&self, api: &mut Api<C>, new: &Certificate, force: &str, dry: bool) -> Done {
        let body = object! {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": object! {
                "name": &self.secret,
                "namespace": &self.namespace,
                "annotations": object! { ANNOTATION: mark(new) },
            },
            "type": "kubernetes.io/tls",
            "data": object! { "tls.crt": Node::base64(document::full_chain(new)), "tls.key": Node::base64(key()) },
        };
        let call = Call::patch(&self.path).json(body).header("content-type", "application/apply-patch+yaml");
        let call = call.query("fieldManager", MANAGER).query("force", force);
        let call = if dry { call.query("dryRun", "All").harmless() } else { call.changes("apply") };
        api.call(call).map(drop)
    }

    /// Restores the pair before where ours is still there, and removes what was put aside.
    fn restore<C: Connection>(&self, api: &mut Api<C>, ours: &str, before: Option<&str>) -> Done {
        let Some(held) = self.held(api)? else { return Ok(()) };
        let mut operations = Vec::new();
        if held.mark() == Some(ours) {
            operations.extend(PREVIOUS.map(|(now, previous)| copy(previous, now)));
            let path = format!("/metadata/annotations/{}", ANNOTATION.replace('/', "~1"));
            operations.push(match before {
                Some(before) => object! { "op": "replace", "path": path, "value": before },
                None => object! { "op": "remove", "path": path },
            });
        }
        for (_, previous) in PREVIOUS.iter().filter(|(_, previous)| held.keeps(previous)) {
            operations.push(object! { "op": "remove", "path": format!("/data/{previous}") });
        }
        match operations.is_empty() {
            true => Ok(()),
            false => self.patch(api, &held, operations, "put the pair before back"),
        }
    }

    /// A JSON patch (RFC 6902), refused where the Secret was changed since it was looked at.
    fn patch<C: Connection>(&self, api: &mut Api<C>, held: &Held, does: Vec<Node>, what: &str) -> Done {
        let version =
            object! { "op": "replace", "path": "/metadata/resourceVersion", "value": &held.version };
        let all: Vec<Node> = [version].into_iter().chain(does).collect();
        let call = Call::patch(&self.path).query("fieldManager", MANAGER).json(all);
        api.call(call.header("content-type", "application/json-patch+json").changes(what)).map(drop)
    }
}

fn copy(from: &str, to: &str) -> Node {
    object! { "op": "copy", "from": format!("/data/{from}"), "path": format!("/data/{to}") }
}

lastmile_sdk::http_connector!(KubernetesTlsSecret, reversible);
