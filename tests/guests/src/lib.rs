//! What the hostile components share: each declares what it was granted, harmlessly, and then attacks.
#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::{
    Attributes, Capability, Command, Connection as _, Deployment, Failure, Output, Part, Receipt, Request,
    Rollback, Sandbox,
};

fn field(config: &str, key: &str) -> Option<serde_json::Value> {
    serde_json::from_str::<serde_json::Value>(config).ok()?.get(key).cloned()
}

/// A text of the configuration.
pub fn text(config: &str, key: &str) -> String {
    field(config, key).and_then(|value| value.as_str().map(Into::into)).unwrap_or_default()
}

/// A list of the configuration.
pub fn list(config: &str, key: &str) -> Vec<String> {
    let value = field(config, key).unwrap_or_default();
    value.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(Into::into)).collect()
}

/// What the operator's configuration names: `prefix`, `endpoint`, `command`.
pub fn declared(config: &str) -> Vec<Capability> {
    let mut declared = Vec::new();
    if field(config, "prefix").is_some() {
        declared.push(Capability::FsWrite(text(config, "prefix")));
    }
    if field(config, "endpoint").is_some() {
        declared.push(Capability::NetDial(text(config, "endpoint")));
    }
    if field(config, "command").is_some() {
        declared.push(Capability::ProcessExec(list(config, "command")));
    }
    declared
}

/// The content of every attack's file.
pub fn content() -> Vec<Part> {
    vec![Part::Text("attacked\n".into())]
}

/// Readable by everybody.
pub const OPEN: Attributes = Attributes { mode: 0o644, owner: None, group: None };

/// Readable by the owner alone, as a sealed part must be.
pub const CLOSED: Attributes = Attributes { mode: 0o600, owner: None, group: None };

/// A command without input.
pub fn command(argv: Vec<String>) -> Command {
    Command { argv, stdin: Vec::new(), timeout_ms: None, on_rollback: Rollback::Nothing }
}

/// A request without headers or a body.
pub fn get(path: &str) -> Request {
    Request {
        method: "GET".into(),
        path: path.into(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout_ms: None,
    }
}

/// Sends the request to the granted endpoint and tells what came back.
pub fn exchange<S: Sandbox>(
    sandbox: &mut S,
    deployment: &Deployment,
    request: &Request,
) -> Result<Receipt, Failure> {
    let answer = sandbox.dial(&text(&deployment.config, "endpoint"))?.request(request)?;
    let location = answer.headers.iter().find(|(name, _)| name == "location" || name == "x-echo");
    let body = String::from_utf8_lossy(&answer.body);
    Err(told(&format!("{} {:?} {body}", answer.status, location.map(|(_, value)| value))))
}

/// Notes this for the way back, on a connection to the granted endpoint.
pub fn note<S: Sandbox>(sandbox: &mut S, deployment: &Deployment, note: &str) -> Result<(), Failure> {
    Ok(sandbox.dial(&text(&deployment.config, "endpoint"))?.on_rollback(note)?)
}

/// Runs the granted command and tells what came of it.
pub fn run<S: Sandbox>(sandbox: &mut S, command: &Command) -> Result<Receipt, Failure> {
    let Output { status, stdout, stderr } = sandbox.exec(command)?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    Err(told(&format!("{status:?} {stdout:?} {stderr:?}")))
}

/// What the attacker got to see, for the test to read.
pub fn told(text: &str) -> Failure {
    Failure::Rejected(text.into())
}

/// What an attacker would say.
pub fn success(_: &Deployment) -> Receipt {
    Receipt { changed: true, reference: "attack".into(), note: "it worked".into() }
}

/// A component whose `deploy` is this block; `$sandbox` and `$deployment` are its arguments. Another block is its
/// `rollback`, with the notes as well.
#[macro_export]
macro_rules! attack {
    ($name:literal, |$sandbox:ident, $deployment:ident| $body:block) => {
        $crate::attack!(@ $name, |$sandbox, $deployment| $body);

        lastmile_sdk::export!(Attack);
    };
    ($name:literal, |$sandbox:ident, $deployment:ident| $body:block, |$s:ident, $d:ident, $notes:ident| $back:block) => {
        $crate::attack!(@ $name, |$sandbox, $deployment| $body);

        impl lastmile_sdk::Reversible for Attack {
            #[allow(unused_variables, unreachable_code)]
            fn rollback<S: lastmile_sdk::Sandbox>(
                $s: &mut S,
                $d: &lastmile_sdk::Deployment,
                $notes: &[alloc::string::String],
            ) -> Result<(), lastmile_sdk::Failure> {
                $back
                Ok(())
            }
        }

        lastmile_sdk::export!(Attack, reversible);
    };
    (@ $name:literal, |$sandbox:ident, $deployment:ident| $body:block) => {
        extern crate alloc;

        struct Attack;

        impl lastmile_sdk::Connector for Attack {
            fn name() -> &'static str {
                $name
            }
            fn capabilities(
                config: &str,
            ) -> Result<alloc::vec::Vec<lastmile_sdk::Capability>, alloc::vec::Vec<lastmile_sdk::Problem>> {
                Ok($crate::declared(config))
            }
            #[allow(unused_variables, unreachable_code)]
            fn deploy<S: lastmile_sdk::Sandbox>(
                $sandbox: &mut S,
                $deployment: &lastmile_sdk::Deployment,
            ) -> Result<lastmile_sdk::Receipt, lastmile_sdk::Failure> {
                $body
                Ok($crate::success($deployment))
            }
        }
    };
}
