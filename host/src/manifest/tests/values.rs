//! What the types hold afterwards.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::{PINNED, parse};
use crate::capability::net::auth::aws::Source;
use crate::capability::net::{Auth, Trust};
use crate::manifest::SecretSource;
use crate::sandbox::Limits;

#[test]
fn an_empty_manifest_has_the_defaults() {
    let manifest = parse("schema = 1\n").unwrap();
    assert_eq!(manifest.host.state_dir, Path::new("/var/lib/lastmile"));
    assert_eq!((manifest.host.concurrency, manifest.host.lease), (4, Duration::from_secs(30)));
    assert!(manifest.plugins.is_empty() && manifest.targets.is_empty());
}

#[test]
fn a_plugin_and_a_target_by_default() {
    let text =
        format!("schema = 1\n[plugins.a]\ncomponent = \"a.wasm\"\n{PINNED}\n[targets.t]\nplugin = \"a\"\n");
    let manifest = parse(&text).unwrap();
    let plugin = &manifest.plugins["a"];
    assert_eq!(plugin.component, Path::new("/etc/lastmile/a.wasm"));
    assert_eq!(plugin.sha256.unwrap()[..2], [0x9f, 0x86]);
    assert!(plugin.grant.is_empty() && !plugin.wasi.is_inert() && !plugin.reveal_key);
    assert_eq!(plugin.limits, Limits::default());
    assert_eq!(
        (plugin.output_bytes, plugin.response_bytes, plugin.run_as.as_deref()),
        (65536, 1_048_576, None)
    );
    let target = &manifest.targets["t"];
    assert_eq!((target.plugin.as_str(), target.tenant.as_str()), ("a", "default"));
    assert_eq!((&target.config, &target.trust, &target.auth), (&json!({}), &Trust::SystemRoots, &Auth::None));
    assert!(
        target.secrets.is_empty() && target.verify.is_none() && !target.plaintext && !target.allow_expired
    );
}

#[test]
fn a_key_links_its_interface_whatever_its_list_holds() {
    let linked = |grant: &str| {
        let text =
            format!("schema = 1\n[plugins.a]\ncomponent = \"a.wasm\"\n{PINNED}\n[plugins.a.grant]\n{grant}");
        let plugin = parse(&text).unwrap().plugins.remove("a").unwrap();
        (plugin.linked.keys().collect::<Vec<_>>(), plugin.grant.is_empty())
    };
    assert_eq!(linked(""), (vec![], true));
    assert_eq!(linked("process.exec = []\n"), (vec!["process.exec"], true));
    assert_eq!(linked("fs.write = []\nnet.dial = []\n"), (vec!["fs.write", "net.dial"], true));
    assert_eq!(linked("fs.write = [\"/etc/a/\"]\n"), (vec!["fs.write"], false));
}

#[test]
fn everything_that_can_be_written_is_read() {
    let text = std::fs::read_to_string(super::repository("tests/config/good-everything.toml")).unwrap();
    let manifest = parse(&text).unwrap();
    assert_eq!(manifest.host.state_dir, Path::new("/srv/lastmile"));
    assert_eq!((manifest.host.concurrency, manifest.host.lease), (8, Duration::from_secs(60)));
    let plugin = &manifest.plugins["f5"];
    assert_eq!(
        (plugin.grant.fs_write.len(), plugin.grant.net_dial.len(), plugin.grant.process_exec.len()),
        (2, 2, 2)
    );
    assert!(plugin.wasi.is_inert() && plugin.reveal_key && plugin.sha256.is_none());
    assert_eq!((plugin.limits.memory_bytes, plugin.limits.wall), (1 << 28, Duration::from_secs(300)));
    assert_eq!(plugin.environment["LANG"], "C");
    let target = &manifest.targets["bigip-1"];
    assert_eq!(target.tenant, "shop");
    assert_eq!(
        target.config,
        json!({ "host": "b", "port": 443, "ratio": 0.5, "list": [1, "x", { "y": true }], "low": -1 })
    );
    assert_eq!(target.secrets["password"], SecretSource::Env("BIGIP_PASSWORD".to_owned()));
    assert_eq!(target.secrets["other"], SecretSource::File(PathBuf::from("/run/secrets/other")));
    assert_eq!(target.secrets["near"], SecretSource::File(PathBuf::from("/etc/lastmile/near")));
    assert_eq!(target.auth, Auth::Basic { username: "admin".to_owned(), password: "password".to_owned() });
    assert!(matches!(&target.trust, Trust::Pins(pins) if pins.len() == 2));
    let verify = target.verify.as_ref().unwrap();
    assert_eq!((verify.endpoint.as_str(), verify.server_name.as_str()), ("[::1]:25", "shop.example.test"));
    assert_eq!((verify.attempts, verify.interval), (3, Duration::from_secs(5)));
    assert!(target.plaintext && target.allow_expired);
    assert_eq!(manifest.targets["ca"].trust, Trust::CaFile(PathBuf::from("/etc/lastmile/roots.pem")));
    assert_eq!(manifest.targets["ca"].verify.as_ref().unwrap().server_name, "127.0.0.1");
}

#[test]
fn what_to_add_as_a_denial_says_it_can_be_pasted() {
    let base = format!("schema = 1\n[plugins.a]\ncomponent = \"a.wasm\"\n{PINNED}\n");
    let grant = crate::grant::Grant {
        fs_write: vec!["/etc/nginx/tls/".parse().unwrap()],
        net_dial: vec!["https://a.example".parse().unwrap()],
        process_exec: vec![
            crate::grant::CommandLine::new(vec!["/bin/x".to_owned(), "a".to_owned()]).unwrap(),
        ],
    };
    let manifest = parse(&format!("{base}{}", grant.to_toml("a"))).unwrap();
    assert_eq!(manifest.plugins["a"].grant, grant);
}

#[test]
fn places_count_characters_and_survive_a_mark_at_the_start() {
    let faults = parse("\u{feff}schem = 1\n").unwrap_err();
    assert_eq!((faults.list()[0].line, faults.list()[0].column), (1, 1), "{faults}");
    let faults = parse("schema = 1\nhost = { state-dir = \"/ä\", x = 1 }\n").unwrap_err();
    assert_eq!((faults.list()[0].line, faults.list()[0].column), (2, 28), "{faults}");
}

#[test]
fn deep_nesting_is_a_fault_and_no_crash() {
    let dotted = format!("schema = 1\n[targets.a.config]\n{} = 1\n", vec!["k"; 200_000].join("."));
    let header = format!("schema = 1\n[targets.a.config.{}]\n", vec!["k"; 200_000].join("."));
    let lists = format!(
        "schema = 1\n[targets.a]\nconfig = {{ a = {}{} }}\n",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for text in [dotted, header, lists] {
        assert!(parse(&text).is_err());
    }
}

#[test]
fn what_an_issuer_needs_is_read() {
    let text = std::fs::read_to_string(super::repository("tests/config/good-everything.toml")).unwrap();
    let targets = parse(&text).unwrap().targets;
    let Auth::AwsSigv4(signing) = &targets["aws"].auth else { panic!() };
    assert_eq!(signing.services, ["acm", "iam"]);
    let token_file = Some(PathBuf::from("/etc/lastmile/token"));
    assert_eq!(signing.credentials, Source::WebIdentity { role_arn: None, token_file });
    let Auth::AwsSigv4(signing) = &targets["profile"].auth else { panic!() };
    let file = Some(PathBuf::from("/etc/lastmile/aws"));
    assert_eq!(signing.credentials, Source::Profile { profile: "shop".to_owned(), file });
    let azure = &targets["azure"];
    assert!(azure.pin_deployed && !targets["aws"].pin_deployed);
    let client = azure.client.as_ref().unwrap();
    assert_eq!(
        (client.certificate.as_path(), client.key.as_str()),
        (Path::new("/etc/lastmile/client.pem"), "key")
    );
    let Auth::ClientCredentials(client) = &azure.auth else { panic!() };
    assert_eq!((client.client_id.as_str(), client.client_secret.as_str()), ("app", "client"));
    assert_eq!(client.ca.as_deref(), Some(Path::new("/etc/lastmile/issuer.pem")));
    assert!(client.audience.is_some() && client.endpoint.is_some());
    let Auth::GcpMetadata(account) = &targets["machine"].auth else { panic!() };
    assert_eq!((account.account.as_str(), &account.scope), ("default", &None));
    let pod = PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount/token");
    assert_eq!(targets["pod"].auth, Auth::KubernetesToken { file: pod });
    assert!(matches!(&targets["kube"].auth, Auth::Kubeconfig { kubeconfig } if kubeconfig == "kubeconfig"));
    assert!(matches!(&targets["google"].auth, Auth::ServiceAccount(account) if account.token_url.is_some()));
    assert!(
        matches!(&targets["identity"].auth, Auth::ManagedIdentity(identity) if identity.endpoint.is_some())
    );
}
