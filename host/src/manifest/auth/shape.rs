//! Which keys each kind of `auth` has.

/// The kind that has shapes of its own by where its keys come from.
pub(super) const AWS: &str = "aws-sigv4";

/// What a key of a kind holds.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Plain,
    /// One or several of them.
    Plains,
    Secret,
    Path,
    Choice,
    Url,
    Loopback,
}

/// One key of a kind.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) part: Part,
    pub(super) required: bool,
}

const fn must(name: &'static str, part: Part) -> Field {
    Field { name, part, required: true }
}

const fn may(name: &'static str, part: Part) -> Field {
    Field { name, part, required: false }
}

const ENDPOINT: Field = may("endpoint", Part::Loopback);

const CLIENT: [Field; 7] = [
    must("token-url", Part::Url),
    must("client-id", Part::Plain),
    must("client-secret", Part::Secret),
    must("scope", Part::Plain),
    may("audience", Part::Plain),
    may("ca", Part::Path),
    ENDPOINT,
];

const SIGNING: [Field; 4] =
    [must("region", Part::Plain), must("service", Part::Plains), may("credentials", Part::Choice), ENDPOINT];

const STATIC: [Field; 3] = [
    must("access-key-id", Part::Secret),
    must("secret-access-key", Part::Secret),
    may("session-token", Part::Secret),
];

/// The keys of a kind; nothing for a kind that is not known.
pub(super) fn of(kind: &str, source: Option<&str>) -> Option<Vec<Field>> {
    Some(match kind {
        "basic" => vec![must("username", Part::Plain), must("password", Part::Secret)],
        "bearer" => vec![must("token", Part::Secret)],
        "header" => vec![must("name", Part::Plain), must("value", Part::Secret)],
        AWS => aws(source)?,
        "oauth2-client-credentials" => CLIENT.to_vec(),
        "azure-managed-identity" => {
            vec![must("resource", Part::Plain), may("client-id", Part::Plain), ENDPOINT]
        }
        "gcp-service-account" => vec![
            must("service-account-key", Part::Secret),
            must("scope", Part::Plain),
            may("token-url", Part::Url),
            may("ca", Part::Path),
            ENDPOINT,
        ],
        "gcp-metadata" => vec![may("account", Part::Plain), may("scope", Part::Plain), ENDPOINT],
        "kubernetes-token" => vec![may("token-file", Part::Path)],
        "kubeconfig" => vec![must("kubeconfig", Part::Secret)],
        _ => return None,
    })
}

fn aws(source: Option<&str>) -> Option<Vec<Field>> {
    let [region, service, credentials, endpoint] = SIGNING;
    let mut shape = vec![region, service, credentials];
    match source {
        None | Some("static") => shape.extend(STATIC),
        Some("environment") => {}
        Some("profile") => shape.extend([may("profile", Part::Plain), may("credentials-file", Part::Path)]),
        Some("web-identity") => {
            shape.extend([may("role-arn", Part::Plain), may("token-file", Part::Path), endpoint]);
        }
        Some("container" | "instance") => shape.push(endpoint),
        Some(_) => return None,
    }
    Some(shape)
}
