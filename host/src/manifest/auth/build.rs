//! From keys that were found right to what the host does with them.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::capability::net::Auth;
use crate::capability::net::auth::aws::{Signing, Source};
use crate::capability::net::auth::azure::ManagedIdentity;
use crate::capability::net::auth::gcp::ServiceAccount;
use crate::capability::net::auth::gcp_metadata::Account;
use crate::capability::net::auth::oauth2::ClientCredentials;
use crate::capability::net::auth::{Loopback, TOKEN_FILE};
use crate::manifest::node::Node;
use crate::manifest::read;

/// The keys of one `auth`. What is wrong with them was reported.
struct Keys<'a> {
    node: &'a Node<'a>,
    directory: &'a Path,
}

impl Keys<'_> {
    fn text(&self, name: &str) -> String {
        self.node.text_of(name).unwrap_or_default().to_owned()
    }

    fn text_if_any(&self, name: &str) -> Option<String> {
        self.node.text_of(name).map(str::to_owned)
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let Some(entry) = self.node.get(name) else { return Vec::new() };
        let list = entry.items().iter().filter_map(|item| item.text().map(str::to_owned)).collect();
        entry.text().map_or(list, |text| vec![text.to_owned()])
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.node.text_of(name)?.parse().ok()
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        read::resolve(self.node, name, self.directory)
    }

    fn endpoint(&self) -> Option<Loopback> {
        self.parsed("endpoint")
    }
}

/// Nothing where a key that is needed is wrong.
pub(super) fn auth(node: &Node<'_>, directory: &Path, kind: &str) -> Option<Auth> {
    let keys = Keys { node, directory };
    Some(match kind {
        "basic" => Auth::Basic { username: keys.text("username"), password: keys.text("password") },
        "bearer" => Auth::Bearer { token: keys.text("token") },
        "header" => Auth::Header { name: keys.text("name"), value: keys.text("value") },
        super::shape::AWS => Auth::AwsSigv4(Signing {
            region: keys.text("region"),
            services: keys.texts("service"),
            credentials: source(&keys),
            endpoint: keys.endpoint(),
        }),
        "oauth2-client-credentials" => Auth::ClientCredentials(ClientCredentials {
            token_url: keys.parsed("token-url")?,
            client_id: keys.text("client-id"),
            client_secret: keys.text("client-secret"),
            scope: keys.text("scope"),
            audience: keys.text_if_any("audience"),
            ca: keys.path("ca"),
            endpoint: keys.endpoint(),
        }),
        "azure-managed-identity" => Auth::ManagedIdentity(ManagedIdentity {
            resource: keys.text("resource"),
            client_id: keys.text_if_any("client-id"),
            endpoint: keys.endpoint(),
        }),
        "gcp-service-account" => Auth::ServiceAccount(ServiceAccount {
            service_account_key: keys.text("service-account-key"),
            scope: keys.text("scope"),
            token_url: keys.parsed("token-url"),
            ca: keys.path("ca"),
            endpoint: keys.endpoint(),
        }),
        "gcp-metadata" => Auth::GcpMetadata(Account {
            account: keys.text_if_any("account").unwrap_or_else(|| "default".to_owned()),
            scope: keys.text_if_any("scope"),
            endpoint: keys.endpoint(),
        }),
        "kubernetes-token" => Auth::KubernetesToken {
            file: keys.path("token-file").unwrap_or_else(|| PathBuf::from(TOKEN_FILE)),
        },
        "kubeconfig" => Auth::Kubeconfig { kubeconfig: keys.text("kubeconfig") },
        _ => return None,
    })
}

fn source(keys: &Keys<'_>) -> Source {
    match keys.node.text_of("credentials") {
        Some("environment") => Source::Environment,
        Some("profile") => Source::Profile {
            profile: keys.text_if_any("profile").unwrap_or_else(|| "default".to_owned()),
            file: keys.path("credentials-file"),
        },
        Some("web-identity") => Source::WebIdentity {
            role_arn: keys.text_if_any("role-arn"),
            token_file: keys.path("token-file"),
        },
        Some("container") => Source::Container,
        Some("instance") => Source::Instance,
        _ => Source::Static {
            access_key_id: keys.text("access-key-id"),
            secret_access_key: keys.text("secret-access-key"),
            session_token: keys.text_if_any("session-token"),
        },
    }
}
