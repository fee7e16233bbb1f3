//! What the operator wrote for each hostile component: one small grant, and where the attack calls for it another.

use std::fmt::Write as _;

/// A plugin and a target of the attack's name.
pub(super) struct Setting {
    prefix: &'static str,
    endpoint: &'static str,
    command: &'static str,
    /// Seconds; more for those that are to meet another limit on a slow disk as well.
    wall: u32,
    /// Further lines of the plugin and of the target.
    plugin: &'static str,
    target: &'static str,
    granted: &'static [&'static str],
}

const ALL: &[&str] = &["fs", "net", "process"];

const STANDARD: Setting = Setting {
    prefix: "{room}/tls/",
    endpoint: "http://127.0.0.1:{port}",
    command: r#"["/usr/bin/true", "harmless"]"#,
    wall: 2,
    plugin: "",
    target: "",
    granted: ALL,
};

const SECRET: &str = "secrets = { api = \"file:{room}/api.secret\" }\n";
const CREDENTIALS: &str = "secrets = { api = \"file:{room}/api.secret\" }\nplaintext = true\n\
                           auth = { kind = \"header\", name = \"X-Api-Key\", value = \"api\" }\n";
const INERT: &str = "wasi = \"inert\"\n";

/// The setting of this attack.
pub(super) fn setting(name: &str) -> Setting {
    let command = |command| Setting { command, ..STANDARD };
    let prefix = |prefix| Setting { prefix, ..STANDARD };
    let target = |target| Setting { target, ..STANDARD };
    let tcp = Setting { endpoint: "tcp://127.0.0.1:{port}", ..STANDARD };
    match name {
        "fs-flood"
        | "fs-bytes-bomb"
        | "fs-ephemeral-names"
        | "exec-rollback-flood"
        | "exec-flood"
        | "net-receive-flood" => {
            let wall = 60;
            if name.starts_with("net") { Setting { wall, ..tcp } } else { Setting { wall, ..STANDARD } }
        }
        "fs-case-alias" => prefix("{room}/tls/site.pem"),
        "fs-unicode-alias" => prefix("{room}/tls/caf\u{e9}.pem"),
        "fs-hard-link" => prefix("{room}/spent/"),
        "fs-other-mount" => prefix("/dev/"),
        "fs-magic-link" => prefix("/proc/self/"),
        "exec-environment" => command(r#"["/usr/bin/env"]"#),
        "exec-descriptors" => command(r#"["/bin/ls", "/proc/self/fd"]"#),
        "exec-directory" => command(r#"["/bin/pwd"]"#),
        "exec-secret-echo" | "exec-secret-tail" => Setting { target: SECRET, ..command(r#"["/bin/cat"]"#) },
        "exec-output-flood" => command(r#"["/usr/bin/yes"]"#),
        "exec-background" => command(r#"["/bin/sh", "-c", "sleep 98{port} & exit 3"]"#),
        "exec-wait" | "exec-deaf" => command(r#"["/bin/sleep", "97{port}"]"#),
        "net-secret-header" | "net-secret-chunks" | "net-redirect-home" | "net-auth-header" => {
            target(CREDENTIALS)
        }
        "net-secret-body" | "rollback-key" | "rollback-ephemeral" => target("plaintext = true\n"),
        "net-request-on-tcp" | "net-key-tcp" | "net-receive-wait" | "net-receive-nothing" => tcp,
        "result-key" => Setting { plugin: "reveal-key = true\n", ..STANDARD },
        "exec-empty-table" => command(""),
        "load-ungranted" => Setting { granted: &["fs"], ..STANDARD },
        "wasi-without-leave" => STANDARD,
        name if name.starts_with("wasi-") => Setting { plugin: INERT, ..STANDARD },
        _ => STANDARD,
    }
}

impl Setting {
    /// As it stands in plugins.toml.
    pub(super) fn toml(&self, name: &str) -> String {
        let Self { prefix, endpoint, command, wall, plugin, target, granted } = self;
        let mut text = format!(
            "[plugins.{name}]\ncomponent = \"{{room}}/components/{name}.wasm\"\nunpinned = true\n{plugin}\
             limits = {{ wall-seconds = {wall}, host-calls = 200, log-bytes = 1024 }}\n[plugins.{name}.grant]\n"
        );
        for door in *granted {
            let line = match *door {
                "fs" => format!("fs.write = [\"{prefix}\"]"),
                "net" => format!("net.dial = [\"{endpoint}\"]"),
                _ => format!("process.exec = [{command}]"),
            };
            writeln!(text, "{line}").unwrap();
        }
        // What is not configured is not declared.
        let command = if command.is_empty() { String::new() } else { format!(", command = {command}") };
        write!(
            text,
            "[targets.{name}]\nplugin = \"{name}\"\n{target}\
             config = {{ prefix = \"{prefix}\", endpoint = \"{endpoint}\"{command} }}\n"
        )
        .unwrap();
        text
    }
}
