//! Bad material never reaches the target, whoever enqueues it; every kind of key that is promised does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::credentials::{Authority, openssl};
use crate::room::{Pair, Room};

/// Certificate, chain and key as somebody enqueues them, and what the refusal says.
struct Bad {
    what: &'static str,
    certificate: String,
    chain: String,
    key: String,
    says: &'static str,
}

fn bad(what: &'static str, certificate: &str, key: &str, says: &'static str) -> Bad {
    Bad { what, certificate: certificate.into(), chain: String::new(), key: key.into(), says }
}

fn all_bad(room: &Room) -> Vec<Bad> {
    const GARBAGE: &str = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
    let authority = Authority::new();
    let good = authority.pair(room, "good", "example.test").texts();
    let (leaf, root) = (good.0.strip_suffix(&authority.pem).unwrap(), &authority.pem);
    let other = room.pair("other").texts();
    let expired = room.expired("expired").texts();
    let elsewhere = authority.pair(room, "elsewhere", "elsewhere.test").texts();
    let (rsa, p521) = (
        room.pair_of("rsa1024", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]).texts(),
        room.pair_of("p521", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]).texts(),
    );
    let file = room.file("good.key").display().to_string();
    let encrypted = openssl(&["pkcs8", "-topk8", "-in", &file, "-passout", "pass:secret", "-v2", "aes256"]);
    let cut = leaf.get(..leaf.len() / 2).unwrap();
    vec![
        bad("a key of another pair", leaf, &other.1, "does not belong to the leaf"),
        bad("an empty certificate", "", &good.1, "no PEM block"),
        bad("an empty key", leaf, "", "none of PKCS#8"),
        bad("garbage for a certificate", GARBAGE, &good.1, "does not parse"),
        bad("garbage for a key", leaf, "garbage", "none of PKCS#8"),
        bad("a certificate that was cut", cut, &good.1, ""),
        bad("an expired certificate", &expired.0, &expired.1, "expired"),
        bad("another name", &elsewhere.0, &elsewhere.1, "is for elsewhere.test, not for example.test"),
        bad("the root before the leaf", &format!("{root}{leaf}"), &good.1, "did not sign"),
        Bad { chain: other.0.clone(), ..bad("a foreign chain", leaf, &good.1, "did not sign") },
        bad("an encrypted key", leaf, &encrypted, "is encrypted"),
        bad("RSA with 1024 bits", &rsa.0, &rsa.1, "none of RSA with 2048"),
        bad("P-521", &p521.0, &p521.1, "none of RSA with 2048"),
    ]
}

#[test]
fn bad_material_is_refused_at_both_ends_of_the_outbox() {
    let room = Room::new();
    let old = room.pair("old");
    let _nginx = room.nginx(&old);
    unusual(&room);
    room.configure(room.port, "");
    let before = room.snapshot(&["tls"]);
    for case in all_bad(&room) {
        let what = case.what;
        let path = |name: &str| room.file(name).display().to_string();
        fs::write(path("bad.pem"), format!("{}{}", case.certificate, case.chain)).unwrap();
        fs::write(path("bad.key"), &case.key).unwrap();
        let refused =
            room.run(&["deploy", "web", "--certificate", &path("bad.pem"), "--key", &path("bad.key")]);
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && error.contains(case.says), "{what}: {error}");

        // Whoever writes to the outbox directly gets past the command line, and no further.
        match room.insert("web", &case.certificate, &case.chain, &case.key) {
            Err(error) => assert!(error.contains("lastmile:"), "{what}: {error}"),
            Ok(()) => {
                room.ok(&["run", "--until-idle"]);
                let last = room.history("web").pop().unwrap();
                assert!(last.0 == "rejected" && last.1.contains(case.says), "{what}: {last:?}");
            }
        }
        assert_eq!(room.snapshot(&["tls"]), before, "{what}");
        assert_eq!(room.served(), old.fingerprint, "{what}");
    }
    room.assert_tidy();
}

/// Modes, owners and times that no default would give.
fn unusual(room: &Room) {
    for (file, mode) in [("tls/site.pem", 0o664), ("tls/site.key", 0o640)] {
        let path = room.file(file);
        std::os::unix::fs::chown(&path, Some(0), Some(33)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert!(
            Command::new("touch").args(["-d", "2001-02-03T04:05:06"]).arg(path).status().unwrap().success()
        );
    }
}

#[test]
fn every_kind_of_key_that_is_promised_is_carried_and_the_second_time_changes_nothing() {
    let room = Room::new();
    let old = room.pair("old");
    let _nginx = room.nginx(&old);
    room.configure(room.port, "");
    for (name, options) in [
        ("rsa2048", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"][..]),
        ("rsa4096", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"]),
        ("p256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ("p384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
        ("ed25519", &["-algorithm", "ED25519"]),
    ] {
        let new: Pair = room.pair_of(name, options);
        for outcome in ["changed", "unchanged"] {
            room.enqueue("web", &new);
            room.ok(&["run", "--until-idle"]);
            let last = room.history("web").pop().unwrap();
            assert_eq!(last.0, outcome, "{name}: {}", last.1);
            room.await_served(&new.fingerprint);
        }
    }
    room.assert_tidy();
}

#[test]
fn an_expired_certificate_goes_out_where_the_operator_says_so() {
    let room = Room::new();
    let (old, expired) = (room.pair("old"), room.expired("expired"));
    let _nginx = room.nginx(&old);
    room.configure(room.port, "allow-expired = true\n");
    room.enqueue("web", &expired);
    room.ok(&["run", "--until-idle"]);
    room.await_served(&expired.fingerprint);
}
