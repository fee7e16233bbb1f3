//! Keys in every form that `openssl` gives them are taken out, and nothing else is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::engine::general_purpose::STANDARD;

use super::*;

fn openssl(arguments: &str, input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(arguments.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments}");
    output.stdout
}

/// Every key in every form, DER and PEM.
fn keys() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let mut keys = Vec::new();
    for kind in ["RSA", "EC -pkeyopt ec_paramgen_curve:P-256", "ED25519"] {
        let key = openssl(&format!("genpkey -algorithm {kind}"), b"");
        let mut forms = vec![
            "pkcs8 -topk8 -nocrypt",
            "pkcs8 -topk8 -passout pass:x",
            "pkcs8 -topk8 -passout pass:x -v1 PBE-SHA1-3DES",
        ];
        if kind != "ED25519" {
            forms.push("pkey -traditional");
        }
        for form in forms {
            let der = format!("{form} -outform DER");
            keys.push((format!("{kind}: {form}"), openssl(&der, &key), openssl(form, &key)));
        }
    }
    keys
}

fn certificate() -> (Vec<u8>, Vec<u8>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["old.test".to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.der().to_vec(), certificate.pem().into_bytes())
}

fn masked(given: &[u8]) -> String {
    text(&bytes(given))
}

#[test]
fn a_key_is_masked_in_every_form() {
    for (what, der, pem) in keys() {
        let wrapped = openssl("base64", &der);
        let (one_line, of_pem) =
            (STANDARD.encode(&der), STANDARD.encode([&certificate().1[..], &pem].concat()));
        let quoted = String::from_utf8(pem.clone()).unwrap().replace('\n', "\\n");
        for form in
            [der.as_slice(), &pem, &wrapped, one_line.as_bytes(), of_pem.as_bytes(), quoted.as_bytes()]
        {
            let given = [b"the old key: ", form, b" end"].concat();
            let found = masked(&given);
            let rest = found.strip_prefix("the old key: [private key]");
            let rest = rest.map(|rest| rest.trim_start_matches("\\n").trim());
            assert!(matches!(rest, Some("end")), "{what}: {found}");
        }
    }
}

#[test]
fn what_is_no_key_stays_as_it_is() {
    let (der, pem) = certificate();
    let pem = String::from_utf8(pem).unwrap();
    for given in [
        "ready\nversion 1.2\n".to_owned(),
        pem.clone(),
        STANDARD.encode(&pem),
        STANDARD.encode(&der),
        "-----BEGIN CERTIFICATE REQUEST-----".to_owned(),
        "a PRIVATE KEY is at /tls/site.key".to_owned(),
    ] {
        assert_eq!(masked(given.as_bytes()), given);
    }
    assert_eq!(bytes(&der), String::from_utf8_lossy(&der));
    let request = rcgen::CertificateParams::new(vec!["a.test".to_owned()]).unwrap();
    let request = request.serialize_request(&rcgen::KeyPair::generate().unwrap()).unwrap();
    assert_eq!(bytes(request.der()), String::from_utf8_lossy(request.der()));
}

#[test]
fn a_key_between_other_things_takes_nothing_with_it() {
    let (_, pem) = certificate();
    let (_, der, key) = keys().swap_remove(0);
    let pem = String::from_utf8(pem).unwrap();
    let both = format!("{pem}{}{pem}", String::from_utf8(key).unwrap());
    assert_eq!(text(&both), format!("{pem}[private key]\n{pem}"));
    let wrapped = String::from_utf8(openssl("base64", &der)).unwrap();
    assert_eq!(text(&format!("ready\n{wrapped}done\n")), "ready\n[private key]\ndone\n");
}

#[test]
fn a_key_that_was_cut_is_masked_in_all_its_pieces() {
    let (_, _, key) = keys().swap_remove(0);
    let key = String::from_utf8(key).unwrap();
    let given = format!("before {key}after");
    for size in [40, 41, 64, 100, 300, 1000] {
        let mut cut = Cut::new();
        let pieces: Vec<String> = given
            .as_bytes()
            .chunks(size)
            .map(|piece| pem(std::str::from_utf8(piece).unwrap(), &mut cut))
            .collect();
        let all = pieces.concat();
        assert!(
            all.starts_with("before [private key]") && all.ends_with("\nafter") && cut.is_empty(),
            "{all}"
        );
        assert_eq!(all.replace("[private key]", ""), "before \nafter");
    }
}
