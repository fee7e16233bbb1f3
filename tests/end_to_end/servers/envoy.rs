//! Envoy: it takes its secret from a file that is renamed into place, and sees nothing else.

use std::fs;
use std::process::Command;

use super::bad_pair::NO_COMMAND;
use super::subject::{Layout, Subject};
use super::trial;
use crate::room::{Pair, Room};

macro_rules! program {
    () => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../target/proxies/envoy/_bin/envoy")
    };
}

const SUBJECT: Subject = Subject {
    name: "envoy",
    version: &[
        "sh",
        "-c",
        concat!(program!(), " --version | sed -n 's,.*/\\([0-9.]*\\)/Clean.*,envoy \\1,p'"),
    ],
    starttls: "",
    config: |room| format!("secret = \"{}\"\nname = \"site\"", room.file("tls/site.yaml").display()),
    plugin: |_| String::new(),
    commands: |_| vec![NO_COMMAND.to_owned()],
    layout: Layout::Own(|room, pair| move_in(room, &secret(pair, pair))),
    owner: None,
    looks_by_itself: true,
    start: |room| {
        fs::write(room.file("envoy.yaml"), configuration(room)).unwrap();
        let mut command = Command::new(program!());
        // Each has shared memory of its own.
        let own = room.port.to_string();
        command.args(["--base-id", &own, "--concurrency", "1", "-c"]).arg(room.file("envoy.yaml"));
        command
    },
    spoil: |room| fs::write(room.file("envoy.yaml"), "nonsense").unwrap(),
    dialogue: Some(("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n", "pong")),
    looks: (9, 50),
};

/// The secret as an administrator writes it.
fn secret(certificate: &Pair, key: &Pair) -> String {
    let text = |path| serde_json::to_string(&fs::read_to_string(path).unwrap()).unwrap();
    format!(
        "resources:\n- \"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret\n  name: site\n  \
         tls_certificate:\n    certificate_chain:\n      inline_string: {}\n    private_key:\n      inline_string: {}\n",
        text(&certificate.certificate),
        text(&key.key)
    )
}

fn move_in(room: &Room, secret: &str) {
    fs::write(room.file("outside/site.yaml"), secret).unwrap();
    fs::rename(room.file("outside/site.yaml"), room.file("tls/site.yaml")).unwrap();
}

fn configuration(room: &Room) -> String {
    let (port, secret) = (room.port, room.file("tls/site.yaml"));
    format!(
        r#"node: {{ id: test, cluster: test }}
static_resources:
  listeners:
  - address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}
    filter_chains:
    - transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context:
            tls_certificate_sds_secret_configs:
            - name: site
              sds_config: {{ resource_api_version: V3, path_config_source: {{ path: "{secret}" }} }}
      filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: test
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{ "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }}
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {{ prefix: "/" }}
                direct_response: {{ status: 200, body: {{ inline_string: pong }} }}
"#,
        secret = secret.display()
    )
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

/// Why the connector renames: what is written into the file that is there is never read.
#[test]
fn what_is_written_in_place_is_not_seen_and_what_is_moved_is() {
    let room = Room::new();
    let (old, new, newer) = (room.pair("old"), room.pair("new"), room.pair("newer"));
    let _running = SUBJECT.run(&room, &old);
    fs::write(room.file("tls/site.yaml"), secret(&new, &new)).unwrap();
    // Had the write been seen, the move behind it would have come too late to hide it.
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(SUBJECT.served(&room), old.fingerprint);
    move_in(&room, &secret(&newer, &newer));
    SUBJECT.await_served(&room, &newer.fingerprint);
}

/// A pair that does not fit is refused in the log alone; `--mode validate` does not even look at it.
#[test]
fn a_mismatched_pair_leaves_the_old_one_served_and_the_check_sees_nothing() {
    let room = Room::new();
    let (old, new) = (room.pair("old"), room.pair("new"));
    let _running = SUBJECT.run(&room, &old);
    move_in(&room, &secret(&new, &old));
    let refused = || fs::read_to_string(room.file("log/server")).unwrap().contains("KEY_VALUES_MISMATCH");
    crate::room::await_that("Envoy has refused the pair", refused);
    assert_eq!(SUBJECT.served(&room), old.fingerprint);
    let mut check = Command::new(program!());
    check.args(["--mode", "validate", "-c"]).arg(room.file("envoy.yaml"));
    assert!(check.output().unwrap().status.success());
}

/// The host looks where nobody listens: the deployment is undone although Envoy serves the new one by then.
#[test]
fn an_undo_is_seen_as_well() {
    trial::is_undone_when_nobody_answers(&SUBJECT);
}
