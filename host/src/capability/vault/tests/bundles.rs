//! Keys inside of something larger, and public bytes that look like theirs.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

/// A vault whose key is RSA, made by OpenSSL; the key as PEM and the certificate.
fn rsa() -> (Vault, String, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let arguments =
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out leaf.pem -subj /CN=a.example -days 30";
    let mut openssl = Command::new("openssl");
    let made = openssl.args(arguments.split(' ')).current_dir(directory.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let [key, leaf] = ["key.pem", "leaf.pem"].map(|name| std::fs::read(directory.path().join(name)).unwrap());
    let credential = Credential::parse(&leaf, b"", Some(&key), SystemTime::now(), false).unwrap();
    let der = credential.leaf_der().to_vec();
    let key = credential.private_key_pem(KeyFormat::Pkcs8).unwrap().expose().to_vec();
    (Vault::new(Arc::new(credential), secrets()), String::from_utf8(key).unwrap(), der)
}

fn body(pem: &str) -> Vec<&str> {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn a_key_is_found_inside_of_base64() {
    for (vault, key) in [(vault(), None), {
        let (vault, key, _) = rsa();
        (vault, Some(key))
    }] {
        let key = key.unwrap_or_else(|| {
            let part =
                Part::Sealed { secret: SecretRef::PrivateKey(KeyFormat::Pkcs8), encoding: Encoding::Raw };
            String::from_utf8(vault.fill(&vec![part]).unwrap().to_vec()).unwrap()
        });
        let escaped = key.replace('\n', "\\n");
        let bare = body(&key).concat();
        for form in [key.as_str(), key.trim_end(), &escaped, &bare, &body(&key).join("\r\n")] {
            for before in ["{\"a\":\"", "{\"ab\":\"", "{\"abc\":\""] {
                let bundle = format!("{before}{form}\",\"b\":\"end\"}}");
                for sent in [STANDARD.encode(&bundle), URL_SAFE_NO_PAD.encode(&bundle)] {
                    let scrubbed = String::from_utf8(vault.scrub(format!("got {sent}!").as_bytes())).unwrap();
                    assert!(scrubbed.starts_with("got ") && scrubbed.contains("[sealed]"), "{scrubbed}");
                    assert!(scrubbed.len() < 200, "{scrubbed}");
                }
            }
        }
    }
}

/// The characters around the core hold some bits of it: they go as well, and nothing else does.
#[test]
fn no_bit_of_a_short_secret_is_left_in_base64() {
    let vault = vault();
    vault.learn(b"hunter2-hunter2");
    for before in ["", "x", "xy", "xyz"] {
        for after in ["", "z", "zy"] {
            let sent = STANDARD.encode(format!("{before}hunter2-hunter2{after}"));
            let scrubbed = String::from_utf8(vault.scrub(format!("<{sent}>").as_bytes())).unwrap();
            let (left, right) = scrubbed.split_once("[sealed]").unwrap();
            assert!(left.len() <= 1 + before.len() * 8 / 6, "{scrubbed}");
            assert!(left.starts_with('<') && right.ends_with('>'), "{scrubbed}");
            assert!(right.trim_end_matches(['=', '>']).len() <= after.len() * 8 / 6, "{scrubbed}");
        }
    }
}

#[test]
fn a_key_is_found_without_its_armour() {
    let (vault, key, _) = rsa();
    let joined = body(&key).concat();
    assert_eq!(vault.scrub(format!("key={joined};").as_bytes()), b"key=[sealed];");
    // As MIME wraps it, one line by itself.
    let wide = joined.as_bytes().chunks(76).nth(8).unwrap();
    assert_eq!(vault.scrub(wide), b"[sealed]");
}

#[test]
fn public_bytes_are_left_alone() {
    let (vault, key, leaf) = rsa();
    let lines = body(&key);
    let public: Vec<&&str> = lines
        .iter()
        .filter(|line| {
            let bytes = STANDARD.decode(line).unwrap();
            leaf.windows(bytes.len()).any(|window| window == bytes)
        })
        .collect();
    assert!(public.len() >= 4, "the modulus takes more lines than {}", public.len());
    for line in public {
        assert_eq!(vault.scrub(line.as_bytes()), line.as_bytes());
    }
    let secret = lines.get(12).unwrap();
    assert_eq!(vault.scrub(secret.as_bytes()), b"[sealed]");
    // The certificate comes through whole, wherever its bytes come to stand.
    for before in 0..3 {
        let certificate = STANDARD.encode([vec![b'x'; before], leaf.clone()].concat());
        assert_eq!(vault.scrub(certificate.as_bytes()), certificate.as_bytes());
    }
}
