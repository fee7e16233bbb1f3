//! What an operator may write, and what he is told when it is wrong.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::server::{Piece, Server};
use lastmile_sdk::{Capability, Connector};

use crate::profile::Layout;
use crate::{Any, profiles};

fn pointers(config: &str) -> Vec<String> {
    Any::plan(config).unwrap_err().into_iter().map(|problem| problem.pointer).collect()
}

#[test]
fn every_profile_declares_each_thing_once_and_nothing_relative() {
    for profile in profiles::ALL {
        let files = if profile.layouts.contains(&Layout::Pair) {
            r#""certificate": "/tls/c", "key": "/tls/k""#
        } else {
            r#""pem": "/tls/p""#
        };
        let reload = if profile.needs_reload { r#", "reload": ["/bin/restart"]"# } else { "" };
        let config = format!(r#"{{ "profile": "{}", {files}{reload} }}"#, profile.name);
        let declared = Any::capabilities(&config).unwrap();
        for (index, capability) in declared.iter().enumerate() {
            assert!(!declared[..index].contains(capability), "{}: {capability:?} twice", profile.name);
            if let Capability::ProcessExec(argv) = capability {
                assert!(argv[0].starts_with('/'), "{}: {argv:?}", profile.name);
                assert!(argv.iter().all(|argument| !argument.is_empty()), "{}: {argv:?}", profile.name);
            }
        }
        assert!(profile.layouts.len() < 3 && !profile.layouts.is_empty(), "{}", profile.name);
    }
}

#[test]
fn one_file_or_two() {
    let pair =
        Any::plan(r#"{ "profile": "redis", "certificate": "/c", "chain": "/i", "key": "/k" }"#).unwrap();
    let content: Vec<&[Piece]> = pair.files.iter().map(|file| file.content.as_slice()).collect();
    assert_eq!(content, [[Piece::Key].as_slice(), &[Piece::Leaf], &[Piece::Chain]]);
    let one = Any::plan(r#"{ "profile": "redis", "pem": "/p" }"#).unwrap();
    assert_eq!(one.files[0].content, [Piece::FullChain, Piece::Key]);
    let argv = one.reload.unwrap().argv;
    assert_eq!(argv[argv.len() - 4..], ["tls-cert-file", "/p", "tls-key-file", "/p"]);
    let key_first = Any::plan(r#"{ "profile": "postfix", "pem": "/p" }"#).unwrap();
    assert_eq!(key_first.files[0].content, [Piece::Key, Piece::FullChain]);
}

#[test]
fn the_operators_own_commands_take_the_profiles_place() {
    let config = r#"{ "profile": "hitch", "pem": "/p", "check": [], "reload": ["/usr/bin/systemctl", "reload", "hitch"] }"#;
    let plan = Any::plan(config).unwrap();
    assert_eq!(plan.check, None);
    assert_eq!(plan.reload.unwrap().argv, ["/usr/bin/systemctl", "reload", "hitch"]);
}

#[test]
fn every_fault_is_told_at_once() {
    assert_eq!(pointers("{}"), ["/profile"]);
    assert_eq!(pointers(r#"{ "profile": "nonsense" }"#), ["/profile"]);
    assert_eq!(
        pointers(
            r#"{ "profile": "apache", "certificate": "relative", "reload": ["graceful"], "keys": "/k" }"#
        ),
        ["/certificate", "/key", "/reload", "/keys"]
    );
    assert_eq!(pointers(r#"{ "profile": "vsftpd", "pem": "/p", "reload": [] }"#), ["/reload"]);
    assert_eq!(
        pointers(r#"{ "profile": "custom", "files": [{ "path": "x", "content": [] }], "chek": ["/x"] }"#),
        ["/files/0/path", "/files/0/content", "/chek"]
    );
}

#[test]
fn what_nobody_thought_of_is_written_down() {
    let config = r#"{ "profile": "custom",
        "files": [{ "path": "/x/site.p12", "content": [{ "pkcs12": { "alias": "a", "password": "store" } }], "group": "x" },
                  { "path": "/x/site.pem", "content": ["leaf", "chain", { "text": "end\n" }] }],
        "reload": ["/usr/bin/x", "again"], "says": "done" }"#;
    let plan = Any::plan(config).unwrap();
    assert_eq!(plan.files.len(), 2);
    assert_eq!(plan.files[0].group.as_deref(), Some("x"));
    assert_eq!(plan.reload.unwrap().says, "done");
}
