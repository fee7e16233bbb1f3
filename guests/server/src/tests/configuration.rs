//! What an operator may write, and what he is told when it is wrong.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::server::{File, Piece, Run, Server};
use lastmile_sdk::{Capability, Connector, Keystore};

use crate::profile::Layout;
use crate::{Any, profiles};

fn pointers(config: &str) -> Vec<String> {
    Any::plan(config).unwrap_err().into_iter().map(|problem| problem.pointer).collect()
}

#[test]
fn every_profile_declares_each_thing_once_and_nothing_relative() {
    let all =
        profiles::ALL.iter().flat_map(|profile| profile.layouts.iter().map(move |layout| (profile, layout)));
    for (profile, layout) in all {
        let files = match layout {
            Layout::Pair => r#""certificate": "/tls/c", "key": "/tls/k""#,
            Layout::CertificateFirst | Layout::KeyFirst => r#""pem": "/tls/p""#,
            Layout::Keystore(_) => r#""keystore": "/tls/s""#,
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
fn a_keystore_is_of_one_type_under_one_secret() {
    let pieces = |config: &str| Any::plan(config).unwrap().files[0].content.clone();
    let store = |alias: &str, password: &str| Keystore { alias: alias.into(), password: password.into() };
    let plain = r#"{ "profile": "tomcat", "keystore": "/s" }"#;
    assert_eq!(pieces(plain), [Piece::Pkcs12(store("tomcat", "password"))]);
    let jks = r#"{ "profile": "tomcat", "keystore": "/s", "type": "jks", "alias": "a", "password": "p" }"#;
    assert_eq!(pieces(jks), [Piece::Jks(store("a", "p"))]);
    let old = r#"{ "profile": "javakeystore", "keystore": "/s", "type": "pkcs12-legacy" }"#;
    assert_eq!(pieces(old), [Piece::Pkcs12Legacy(store("site", "password"))]);
    let two = r#"{ "profile": "tomcat", "certificate": "/c", "key": "/k", "keystore": "/s", "type": "jks" }"#;
    assert_eq!(pointers(two), ["/keystore", "/type"]);
    let faults = r#"{ "profile": "javakeystore", "keystore": "s", "type": "pem", "alias": 1 }"#;
    assert_eq!(pointers(faults), ["/keystore", "/type", "/alias"]);
}

#[test]
fn keytool_reads_the_password_and_no_command_line_holds_it() {
    let config = r#"{ "profile": "javakeystore", "keystore": "/s", "alias": "a", "password": "p" }"#;
    let check = Any::plan(config).unwrap().check.unwrap();
    assert_eq!(check.argv, ["/usr/bin/keytool", "-list", "-keystore", "/s", "-alias", "a"]);
    assert_eq!(check.stdin, [Piece::Secret("p".into())]);
    assert_eq!(check.says, "PrivateKeyEntry");
}

#[test]
fn kafka_is_told_the_path_that_it_has() {
    for (key, layout) in [("keystore", "\"type\": \"jks\""), ("pem", "\"broker\": \"0\"")] {
        let config = format!(r#"{{ "profile": "kafka", "{key}": "/s", {layout}, "listener": "public" }}"#);
        let argv = Any::plan(&config).unwrap().reload.unwrap().argv;
        assert_eq!(argv[argv.len() - 1], "listener.name.public.ssl.keystore.location=/s");
    }
}

#[test]
fn the_operators_own_commands_take_the_profiles_place() {
    let config = r#"{ "profile": "hitch", "pem": "/p", "check": [], "reload": ["/usr/bin/systemctl", "reload", "hitch"] }"#;
    let plan = Any::plan(config).unwrap();
    assert_eq!(plan.check, None);
    assert_eq!(plan.reload.unwrap().argv, ["/usr/bin/systemctl", "reload", "hitch"]);
    let own = r#"{ "profile": "tomcat", "keystore": "/s", "reload": ["/bin/x"], "says": "done" }"#;
    assert_eq!(Any::plan(own).unwrap().reload.unwrap().says, "done");
    let silent = r#"{ "profile": "tomcat", "keystore": "/s", "reload": ["/bin/x"] }"#;
    assert_eq!(
        Any::plan(silent).unwrap().reload.unwrap().says,
        "",
        "what the profile's reload says is its own"
    );
    assert_eq!(pointers(r#"{ "profile": "tomcat", "keystore": "/s", "says": "done" }"#), ["/says"]);
}

#[test]
fn every_fault_is_told_at_once() {
    assert_eq!(pointers("{}"), ["/profile"]);
    assert_eq!(pointers(r#"{ "profile": "redis" }"#), ["/certificate", "/key"]);
    assert_eq!(pointers(r#"{ "profile": "hitch" }"#), ["/pem"]);
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
    assert_eq!(
        pointers(r#"{ "profile": "custom", "files": [{ "path": "/x/", "content": ["key"] }] }"#),
        ["/files/0/path"]
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

#[test]
fn whatever_a_file_may_hold_has_a_name() {
    let config = r#"{ "profile": "custom", "check": ["/bin/check"], "files": [{ "path": "/x", "owner": "o", "content": [
        "leaf", "chain", "full-chain", "key", "traditional-key", { "encrypted-key": { "passphrase": "p" } },
        { "pkcs12": { "alias": "a", "password": "p" } }, { "pkcs12-legacy": { "alias": "a", "password": "p" } },
        { "jks": { "alias": "a", "password": "p" } }, { "text": "t" }] }] }"#;
    let plan = Any::plan(config).unwrap();
    let store = || Keystore { alias: "a".into(), password: "p".into() };
    let content = [
        Piece::Leaf,
        Piece::Chain,
        Piece::FullChain,
        Piece::Key,
        Piece::TraditionalKey,
        Piece::EncryptedKey("p".into()),
        Piece::Pkcs12(store()),
        Piece::Pkcs12Legacy(store()),
        Piece::Jks(store()),
        Piece::Text("t".into()),
    ];
    assert_eq!(plan.files, [File::new("/x".into(), &content).owned(Some("o"), None)]);
    assert_eq!((plan.check, plan.reload), (Some(Run::new(["/bin/check"])), None));
}

/// The profile's own where the configuration says nothing, and in a keystore's place, too.
#[test]
fn new_files_belong_to_whom_the_profile_says() {
    let whom = |config: &str| {
        let file = Any::plan(config).unwrap().files.remove(0);
        (file.owner, file.group)
    };
    let redis = r#"{ "profile": "redis", "pem": "/p" }"#;
    assert_eq!(whom(redis), (Some("redis".into()), None));
    let own = r#"{ "profile": "redis", "pem": "/p", "owner": "root", "group": "redis" }"#;
    assert_eq!(whom(own), (Some("root".into()), Some("redis".into())));
    let tomcat = r#"{ "profile": "tomcat", "keystore": "/s" }"#;
    assert_eq!(whom(tomcat), (None, Some("tomcat".into())));
}
