//! A kubeconfig that holds everything itself: the current context's server, its roots, and a token or a client
//! certificate. What would run a program, read a file or trust anybody is refused by name.

mod yaml;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Credentials;
use super::caller::split;
use super::credentials::sealed_if_any;
use super::fixed::bytes;
use crate::capability::net::NetError;
use crate::capability::vault::Vault;
use crate::grant::Endpoint;

/// How to make one that can be used.
const FLATTEN: &str = "`kubectl config view --raw --flatten --minify` writes one that holds all it needs";
const STATIC: &str = "use a service account's token or a client certificate";

/// A client's certificate and its key, PEM.
type Identity = (Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

/// What the current context comes to.
pub(in crate::capability::net) struct Cluster {
    server: Endpoint,
    /// PEM.
    pub(in crate::capability::net) roots: Option<Vec<u8>>,
    pub(in crate::capability::net) identity: Option<Identity>,
    token: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    current_context: String,
    clusters: Vec<NamedCluster>,
    contexts: Vec<NamedContext>,
    users: Vec<NamedUser>,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    cluster: ClusterEntry,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ClusterEntry {
    server: String,
    certificate_authority_data: Option<String>,
    #[serde(flatten)]
    other: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    cluster: String,
    user: String,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    user: UserEntry,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct UserEntry {
    #[serde(default, deserialize_with = "sealed_if_any")]
    token: Option<Zeroizing<String>>,
    #[serde(default, deserialize_with = "sealed_if_any")]
    client_certificate_data: Option<Zeroizing<String>>,
    #[serde(default, deserialize_with = "sealed_if_any")]
    client_key_data: Option<Zeroizing<String>>,
    #[serde(flatten)]
    other: BTreeMap<String, Value>,
}

/// The kubeconfig in the secret of this name.
pub(in crate::capability::net) fn read(vault: &Vault, name: &str) -> Result<Cluster, NetError> {
    let refused = |text: String| NetError::Denied(format!("the kubeconfig in the secret `{name}`: {text}"));
    let cluster = str::from_utf8(bytes(vault, name)?)
        .map_err(|_| "it is not UTF-8".to_owned())
        .and_then(parse)
        .map_err(refused)?;
    if let Some((_, key)) = &cluster.identity {
        vault.learn(key);
    }
    Ok(cluster)
}

fn parse(text: &str) -> Result<Cluster, String> {
    // The parsers' own words may repeat the file's.
    let file: Option<File> = yaml::parse(text).and_then(|file| serde_json::from_value(file).ok());
    let file = file.ok_or_else(|| format!("it is no YAML or JSON of a kubeconfig; {FLATTEN}"))?;
    let File { current_context: wanted, clusters, contexts, users } = file;
    let absent = |what: &str, name: &str| format!("it has no {what} {name:?}; {FLATTEN}");
    let context = contexts.into_iter().find(|context| context.name == wanted);
    let Context { cluster, user } = context.ok_or_else(|| absent("context", &wanted))?.context;
    let entry = clusters.into_iter().find(|entry| entry.name == cluster);
    let entry = entry.ok_or_else(|| absent("cluster", &cluster))?.cluster;
    let person = users.into_iter().find(|entry| entry.name == user);
    let person = person.ok_or_else(|| absent("user", &user))?.user;
    refuse(entry.other.iter().chain(&person.other))?;
    let data = |what: &str, text: &str| decode(text).ok_or_else(|| format!("its `{what}` is no base64"));
    let identity = match (&person.client_certificate_data, &person.client_key_data) {
        (Some(certificate), Some(key)) => {
            Some((data("client-certificate-data", certificate)?, data("client-key-data", key)?))
        }
        (None, None) => None,
        _ => return Err(format!("it has half of a client certificate; {FLATTEN}")),
    };
    let roots = entry.certificate_authority_data.as_deref();
    let roots = roots.map(|text| data("certificate-authority-data", text)).transpose()?;
    Ok(Cluster {
        server: server(&entry.server)?,
        roots: roots.map(|roots| roots.to_vec()),
        identity,
        token: person.token.filter(|token| !token.is_empty()),
    })
}

/// What is not done is said: to leave it out would act otherwise than the file says.
fn refuse<'a>(entries: impl Iterator<Item = (&'a String, &'a Value)>) -> Result<(), String> {
    for (key, value) in entries {
        let instead = match key.as_str() {
            "insecure-skip-tls-verify" if value == "false" => continue,
            "exec" => {
                format!("it would run a program for its credentials, which lastmile never does; {STATIC}")
            }
            "auth-provider" => {
                format!("it would sign in by a plugin of kubectl, which lastmile does not have; {STATIC}")
            }
            "insecure-skip-tls-verify" => {
                "it would trust anybody; remove it, and pin the certificate by the target's `tls`".to_owned()
            }
            "certificate-authority" | "client-certificate" | "client-key" | "tokenFile" => {
                format!("it names a file of another machine; {FLATTEN}")
            }
            "username" | "password" => format!("no cluster takes passwords any more; {STATIC}"),
            "extensions" => continue,
            _ => "lastmile does not do that; remove it".to_owned(),
        };
        return Err(format!("`{}`: {instead}", key.escape_debug()));
    }
    Ok(())
}

/// An API server may lie below a path; what is dialled is its origin.
fn server(url: &str) -> Result<Endpoint, String> {
    split(url).0.parse().map_err(|error| format!("its `server` is no https:// URL: {error}"))
}

fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    STANDARD.decode(text.trim()).ok().map(Zeroizing::new)
}

impl Cluster {
    /// The credentials are for their own server.
    pub(in crate::capability::net) fn serves(&self, endpoint: &Endpoint) -> Result<(), NetError> {
        if self.server == *endpoint {
            return Ok(());
        }
        Err(NetError::Denied(format!(
            "the target's kubeconfig is for `{}`, and `{endpoint}` is not to have its credentials",
            self.server
        )))
    }

    pub(super) fn credentials(&self) -> Result<Credentials, NetError> {
        match &self.token {
            Some(token) => Credentials::bearer(token, "the kubeconfig's token"),
            None if self.identity.is_some() => Ok(Credentials::None),
            None => Err(NetError::Denied(format!(
                "the target's kubeconfig holds neither a token nor a client certificate; {STATIC}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    const TOKEN: &str = "
apiVersion: v1
kind: Config
preferences: {}
current-context: here
clusters:
- name: one
  cluster:
    certificate-authority-data: Y2E=
    server: https://10.0.0.1:6443/path
- name: two
  cluster: { server: 'https://other.example', insecure-skip-tls-verify: true }
contexts:
- name: here
  context: { cluster: one, user: me, namespace: web }
users:
- name: me
  user:
    token: abc.def
- name: other
  user: { exec: { command: aws, apiVersion: v1 } }
";

    #[test]
    fn the_current_context_counts_and_no_other() {
        let cluster = parse(TOKEN).unwrap();
        assert_eq!(cluster.server.to_string(), "https://10.0.0.1:6443");
        assert_eq!(cluster.roots.as_deref(), Some(b"ca".as_slice()));
        assert!(cluster.identity.is_none());
        assert!(cluster.credentials().unwrap() == Credentials::bearer("abc.def", "").unwrap());
        assert!(cluster.serves(&"https://10.0.0.1:6443".parse().unwrap()).is_ok());
        assert!(cluster.serves(&"https://10.0.0.1".parse().unwrap()).is_err());
    }

    #[test]
    fn json_is_read_too() {
        let json = r#"{"current-context":"c","clusters":[{"name":"k","cluster":{"server":"https://k.example"}}],
            "contexts":[{"name":"c","context":{"cluster":"k","user":"u"}}],
            "users":[{"name":"u","user":{"client-certificate-data":"Yw==","client-key-data":"aw=="}}]}"#;
        let cluster = parse(json).unwrap();
        let (certificate, key) = cluster.identity.as_ref().unwrap();
        assert_eq!((certificate.as_slice(), key.as_slice()), (b"c".as_slice(), b"k".as_slice()));
        assert!(cluster.credentials().unwrap() == Credentials::None);
    }

    #[test]
    fn what_is_not_done_is_said() {
        let fault = |from: &str, to: &str| parse(&TOKEN.replace(from, to)).err().unwrap();
        let user = "    token: abc.def";
        for (from, to, wanted) in [
            ("user: me,", "user: other,", "`exec`: it would run a program"),
            ("cluster: one,", "cluster: two,", "`insecure-skip-tls-verify`: it would trust anybody"),
            (user, "    auth-provider: { name: gcp }", "`auth-provider`"),
            (user, "    tokenFile: /x", "`tokenFile`: it names a file"),
            (user, "    client-key: key.pem", "`client-key`: it names a file"),
            (user, "    token: x\n    as: admin", "`as`: lastmile does not do that"),
            ("    server: ", "    proxy-url: http://p\n    server: ", "`proxy-url`"),
            ("    server: ", "    tls-server-name: k\n    server: ", "`tls-server-name`"),
            ("current-context: here", "current-context: there", "no context \"there\""),
            ("current-context: here", "current: here", "no YAML or JSON"),
            ("Y2E=", "'%%'", "`certificate-authority-data` is no base64"),
            (user, "    client-key-data: aw==", "half of a client certificate"),
            ("https://10.0.0.1:6443/path", "10.0.0.1", "its `server` is no https:// URL"),
        ] {
            let found = fault(from, to);
            assert!(found.contains(wanted), "{found}");
        }
    }

    #[test]
    fn no_fault_repeats_the_file() {
        for broken in
            [TOKEN.replace("token: abc.def", "token: [hunter2"), "hunter2".to_owned(), "{hunter2".to_owned()]
        {
            let found = parse(&broken).err().unwrap();
            assert!(!found.contains("hunter2"), "{found}");
        }
    }
}
