//! vault-kv on a real OpenBao, under the least policy that its README names.

use std::fs;

use serde_json::{Value, json};

use crate::credentials::Authority;
use crate::openbao::OpenBao;
use crate::room::{Pair, Room, free_port};

const LEAST: [(&str, &str); 2] =
    [("secret/data/tls/www", r#""create", "update""#), ("secret/metadata/tls/www", r#""read", "update""#)];
const RESTORE: [(&str, &str); 3] = [
    ("secret/data/tls/www", r#""create", "update", "read""#),
    ("secret/metadata/tls/www", r#""read", "update""#),
    ("secret/delete/tls/www", r#""update""#),
];

/// Outcome and note of one attempt.
fn deploy(room: &Room, pair: &Pair) -> (String, String) {
    room.enqueue("vault", pair);
    room.ok(&["run", "--until-idle"]);
    room.history("vault").pop().unwrap()
}

fn file(path: &std::path::Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// Leaf, chain and key as the pair's files have them.
fn assert_holds(secret: &Value, pair: &Pair) {
    let field = |name: &str| secret["data"][name].as_str().unwrap().to_owned();
    assert_eq!(field("certificate") + &field("chain"), file(&pair.certificate));
    assert_eq!(field("private_key"), file(&pair.key));
}

#[test]
fn it_is_written_once_left_alone_and_renewed_under_the_least_policy() {
    let (room, authority) = (Room::new(), Authority::new());
    let bao = OpenBao::start(&room);
    let [first, second] = ["first", "second"].map(|name| authority.pair(&room, name, "example.test"));
    bao.policy(&LEAST);
    bao.token();
    bao.configure("", &bao.with_token());

    let (outcome, note) = deploy(&room, &first);
    assert_eq!((outcome.as_str(), note.as_str()), ("changed", "written"));
    assert_holds(&bao.read("tls/www").unwrap(), &first);
    bao.admin(&["kv", "metadata", "patch", "-mount=secret", "-custom-metadata=owner=edge", "tls/www"]);

    let (outcome, note) = deploy(&room, &first);
    assert_eq!(outcome, "unchanged", "{note}");
    assert_eq!(bao.metadata("tls/www")["current_version"], 1, "the second time writes nothing");

    assert_eq!(deploy(&room, &second).0, "changed");
    assert_holds(&bao.read("tls/www").unwrap(), &second);
    let metadata = bao.metadata("tls/www");
    let marks = json!({ "owner": "edge", "lastmile-sha256": second.fingerprint, "lastmile-version": "2" });
    assert_eq!((&metadata["current_version"], &metadata["custom_metadata"]), (&json!(2), &marks));

    // The mark is of version 2 alone, and is not believed of what somebody wrote since.
    bao.admin(&["kv", "put", "-mount=secret", "tls/www", "certificate=theirs"]);
    assert_eq!(deploy(&room, &second).0, "changed");
    assert_holds(&bao.read("tls/www").unwrap(), &second);

    // A deleted version is replaced, and is no reason to begin at 0.
    bao.admin(&["kv", "delete", "-mount=secret", "tls/www"]);
    assert_eq!(deploy(&room, &second).0, "changed");
    assert_eq!(bao.metadata("tls/www")["current_version"], 5);

    // One that ends by itself lives until then.
    bao.admin(&["kv", "metadata", "patch", "-mount=secret", "-delete-version-after=768h", "tls/www"]);
    assert_eq!(deploy(&room, &first).0, "changed");
    assert_eq!(deploy(&room, &first).0, "unchanged");
}

#[test]
fn approle_logs_in_for_the_run_and_leaves_no_token() {
    let room = Room::new();
    let bao = OpenBao::start(&room);
    let new = room.pair("new");
    bao.policy(&LEAST);
    bao.admin(&["auth", "enable", "approle"]);
    bao.admin(&["write", "auth/approle/role/lastmile", "token_policies=lastmile", "token_ttl=20m"]);
    let role = bao.ask(&["read", "-format=json", "auth/approle/role/lastmile/role-id"]);
    let secret = bao.ask(&["write", "-f", "-format=json", "auth/approle/role/lastmile/secret-id"]);
    let configure = |secret: &str| {
        fs::write(room.file("secret-id"), secret).unwrap();
        bao.configure(
            &format!(", approle = {{ role-id = {} }}", role["data"]["role_id"]),
            &format!("secrets = {{ secret-id = \"file:{}\" }}\n", room.file("secret-id").display()),
        );
    };
    let tokens = || bao.ask(&["list", "-format=json", "auth/token/accessors"]).as_array().unwrap().len();
    let before = tokens();
    configure(secret["data"]["secret_id"].as_str().unwrap());
    assert_eq!(deploy(&room, &new).0, "changed");
    assert_eq!(deploy(&room, &new).0, "unchanged");
    assert_eq!(tokens(), before, "each run's token was revoked");
    configure("00000000-0000-0000-0000-000000000000");
    let (outcome, note) = deploy(&room, &room.pair("other"));
    assert!(outcome == "denied" && note.contains("invalid role or secret ID"), "{outcome}: {note}");
}

#[test]
fn refusals_say_who_is_at_fault_and_leave_no_key_behind() {
    let room = Room::new();
    let bao = OpenBao::start(&room);
    let new = room.pair("new");
    let fails = |config: &str, expected: &str, says: &str| {
        bao.configure(config, &bao.with_token());
        let (outcome, note) = deploy(&room, &new);
        assert!(outcome == expected && note.contains(says), "{outcome}: {note}");
    };
    bao.policy(&[("secret/metadata/tls/www", r#""read""#)]);
    bao.token();
    fails("", "denied", "permission denied");
    fs::write(room.file("token"), "s.unknownunknownunknown").unwrap();
    fails("", "denied", "permission denied");
    bao.admin(&["secrets", "enable", "-path=old", "-version=1", "kv"]);
    bao.policy(&[("*", r#""create", "read", "update""#)]);
    bao.token();
    fails(", mount = \"old\"", "misconfigured", "no KV of version 2");
    fails(", mount = \"none\"", "misconfigured", "no handler for route");
    assert!(bao.read("tls/www").is_none());
    bao.admin(&["operator", "seal"]);
    fails("", "unavailable", "Vault is sealed");
}

#[test]
fn what_nobody_serves_is_taken_back_where_the_operator_allows_it() {
    let (room, authority) = (Room::new(), Authority::new());
    let bao = OpenBao::start(&room);
    let [old, new] = ["old", "new"].map(|name| authority.pair(&room, name, "example.test"));
    bao.policy(&RESTORE);
    bao.token();
    let verified = |config: &str| {
        let verify = format!(
            "verify = {{ endpoint = \"127.0.0.1:{}\", server-name = \"example.test\", attempts = 1 }}\n",
            free_port()
        );
        bao.configure(config, &(bao.with_token() + &verify));
    };

    // Nothing was there, and nothing is there.
    verified(", restore = true");
    let (outcome, note) = deploy(&room, &new);
    assert_eq!(outcome, "unverified", "{note}");
    assert_eq!(bao.read("tls/www"), None, "{note}");

    bao.configure("", &bao.with_token());
    assert_eq!(deploy(&room, &old).0, "changed");
    bao.admin(&["kv", "patch", "-mount=secret", "tls/www", "more=theirs"]);
    let before = bao.read("tls/www").unwrap();

    // The old one is back, with what others keep beside it.
    verified(", restore = true");
    let (outcome, note) = deploy(&room, &new);
    assert_eq!(outcome, "unverified", "{note}");
    let after = bao.read("tls/www").unwrap();
    assert_eq!(after["data"], before["data"], "{note}");
    assert_eq!(after["metadata"]["version"], 5, "ours, and the old one once more");

    // Without leave it stays, and whoever reads the history knows what to do.
    verified("");
    let (outcome, note) = deploy(&room, &new);
    assert_eq!(outcome, "unverified", "{note}");
    assert!(note.contains("version 6 of secret/tls/www stays") && note.contains("-version=5"), "{note}");
    assert_holds(&bao.read("tls/www").unwrap(), &new);
}
