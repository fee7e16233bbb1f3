//! What each shipped component can do at most, by its import section.

use std::fs;

use crate::room::repository;

#[test]
fn shipped_connectors_import_the_contract_and_nothing_else() {
    let mut seen = 0;
    for entry in fs::read_dir(repository().join("plugins")).unwrap() {
        let path = entry.unwrap().path();
        let report = lastmile::sandbox::inspect(&path).unwrap();
        assert_eq!(report.refused, None, "{}", path.display());
        assert!(!report.imports.is_empty());
        for import in &report.imports {
            assert!(import.starts_with("lastmile:connector/"), "{} imports {import}", path.display());
        }
        seen += 1;
    }
    assert!(seen >= 3, "run `make guests`");
}

/// Connectors that write no file and run no command.
const OVER_THE_NETWORK: [&str; 15] = [
    "a10",
    "aws-acm",
    "azure-key-vault",
    "cisco-ise",
    "cloudflare-custom-certificate",
    "docker-swarm",
    "f5",
    "fortigate",
    "gcp-certificate-manager",
    "kemp",
    "kubernetes-tls-secret",
    "netscaler",
    "paloalto",
    "vault-kv",
    "winrm",
];

#[test]
fn a_door_that_a_connector_does_not_use_is_not_imported() {
    let imports = |name: &str| {
        let path = repository().join(format!("plugins/{name}.wasm"));
        lastmile::sandbox::inspect(&path).unwrap().imports.join(" ")
    };
    assert!(!imports("nginx").contains("/net@") && !imports("haproxy").contains("/net@"));
    for name in OVER_THE_NETWORK {
        assert!(!imports(name).contains("/fs@") && !imports(name).contains("/process@"), "{name}");
    }
}
