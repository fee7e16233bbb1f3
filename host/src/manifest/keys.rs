//! The rows of the table in `schema`.

use super::schema::Kind::{Choice, Count, Flag, Free, Lines, Path, Text, TextOrTexts, Texts};
use super::schema::{Key, Kind, REQUIRED};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// The kinds of `auth`.
pub(super) const AUTH: &[&str] = &[
    "basic",
    "bearer",
    "header",
    "aws-sigv4",
    "oauth2-client-credentials",
    "azure-managed-identity",
    "gcp-service-account",
    "gcp-metadata",
    "kubernetes-token",
    "kubeconfig",
];

/// Where the keys of `aws-sigv4` come from.
const SOURCES: &[&str] = &["static", "environment", "profile", "web-identity", "container", "instance"];

const fn key(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    unit: &'static str,
    meaning: &'static str,
    example: &'static str,
) -> Key {
    Key { path, kind, default, unit, meaning, example }
}

#[rustfmt::skip]
pub(super) const TOP: &[Key] = &[
    key("schema", Count(1, 1), REQUIRED, "", "The version of this file's form; this lastmile reads 1.", "schema = 1"),
    key("host.state-dir", Path, "`\"/var/lib/lastmile\"`", "", "Where the identity, the outbox, the journal and the compile cache lie.", "state-dir = \"/var/lib/lastmile\""),
    key("host.concurrency", Count(1, 16), "4", "deployments", "How many deployments run at the same time.", "concurrency = 8"),
    key("host.lease-seconds", Count(3, 3600), "30", "seconds", "How long a claimed message stays with a worker that gives no sign of life.", "lease-seconds = 60"),
];

#[rustfmt::skip]
pub(super) const PLUGIN: &[Key] = &[
    key("plugins.NAME.component", Path, REQUIRED, "", "The connector's WebAssembly component.", "component = \"plugins/nginx.wasm\""),
    key("plugins.NAME.sha256", Text, "required unless `unpinned`", "", "The SHA-256 of the component, 64 hexadecimal digits, as `sha256sum FILE` and `lastmile plugin inspect FILE` print it.", "sha256 = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""),
    key("plugins.NAME.unpinned", Flag, "`false`", "", "Load whatever lies at `component`. For development.", "unpinned = true"),
    key("plugins.NAME.wasi", Choice(&["none", "inert"]), "`\"none\"`", "", "With `inert`, a component that imports WASI loads, and WASI answers harmlessly: no files, no sockets, an empty environment.", "wasi = \"inert\""),
    key("plugins.NAME.reveal-key", Flag, "`false`", "", "Let the connector itself read private keys. Without it the host fills them in where bytes leave the sandbox.", "reveal-key = true"),
    key("plugins.NAME.run-as", Text, "the host's own user", "", "The user, by name or number, that granted commands run as.", "run-as = \"nginx\""),
    key("plugins.NAME.environment.NAME", Text, "none", "", "A variable in the environment of granted commands, which is otherwise empty.", "LANG = \"C\""),
    key("plugins.NAME.output-bytes", Count(KIB, 64 * MIB), "65536", "bytes", "How much is kept of the end of what a command prints, and of its errors.", "output-bytes = 65536"),
    key("plugins.NAME.response-bytes", Count(KIB, 64 * MIB), "1048576", "bytes", "The largest answer to one request.", "response-bytes = 1048576"),
    key("plugins.NAME.grant.fs.write", Texts, "nothing", "", "What may be written: a directory and all beneath it (`/` at the end), or one file.", "fs.write = [\"/etc/nginx/tls/\"]"),
    key("plugins.NAME.grant.net.dial", Texts, "nothing", "", "What may be dialled: `https://host[:port]`, `http://host[:port]`, `tls://host:port` or `tcp://host:port`.", "net.dial = [\"https://bigip-1.example.test\"]"),
    key("plugins.NAME.grant.process.exec", Lines, "nothing", "", "What may be run, argument by argument. `*` is any one argument, a last `...` any further ones.", "process.exec = [[\"/usr/sbin/nginx\", \"-t\"]]"),
];

#[rustfmt::skip]
pub(super) const LIMITS: &[Key] = &[
    key("plugins.NAME.limits.component-bytes", Count(1, 256 * MIB), "33554432", "bytes", "The size of the component's file.", "component-bytes = 33554432"),
    key("plugins.NAME.limits.memory-bytes", Count(64 * KIB, 256 * MIB), "67108864", "bytes", "The connector's memory.", "memory-bytes = 67108864"),
    key("plugins.NAME.limits.table-elements", Count(1, 20_000), "20000", "elements", "The size of the connector's tables.", "table-elements = 20000"),
    key("plugins.NAME.limits.instances", Count(1, 256), "256", "instances", "How many core instances a component may hold.", "instances = 128"),
    key("plugins.NAME.limits.wall-seconds", Count(1, 3600), "120", "seconds", "How long one deployment may take.", "wall-seconds = 120"),
    key("plugins.NAME.limits.host-calls", Count(1, 1_000_000), "10000", "calls", "How often one deployment may call the host.", "host-calls = 10000"),
    key("plugins.NAME.limits.bytes-in", Count(1, 256 * MIB), "16777216", "bytes", "How much one deployment may take in: answers and output.", "bytes-in = 16777216"),
    key("plugins.NAME.limits.bytes-out", Count(1, 256 * MIB), "16777216", "bytes", "How much one deployment may give out: files, requests and input.", "bytes-out = 16777216"),
    key("plugins.NAME.limits.handles", Count(1, 256), "16", "handles", "How many resources a deployment may hold at the same time.", "handles = 16"),
    key("plugins.NAME.limits.log-bytes", Count(0, 64 * MIB), "65536", "bytes", "How much one deployment may log; the rest is cut off.", "log-bytes = 65536"),
];

#[rustfmt::skip]
pub(super) const TARGET: &[Key] = &[
    key("targets.NAME.plugin", Text, REQUIRED, "", "The plugin that deploys to this target.", "plugin = \"nginx\""),
    key("targets.NAME.tenant", Text, "`\"default\"`", "", "Whose target it is. A message of another tenant does not find it.", "tenant = \"shop\""),
    key("targets.NAME.config", Free, "`{}`", "", "The connector's own configuration, handed over as JSON. Dates are refused; write them as strings.", "config = { certificate = \"/etc/nginx/tls/site.pem\", key = \"/etc/nginx/tls/site.key\" }"),
    key("targets.NAME.secrets.NAME", Text, "none", "", "Where a secret is read from, at each deployment: `env:NAME` or `file:/path`. Never the secret itself.", "password = \"env:BIGIP_PASSWORD\""),
    key("targets.NAME.tls.ca", Path, "the system's roots", "", "A PEM file with the roots that the target's own certificate must lead to. Not together with `pin-sha256`.", "ca = \"/etc/lastmile/appliances.pem\""),
    key("targets.NAME.tls.pin-sha256", TextOrTexts, "none", "", "The SHA-256 of the certificate that the target itself shows, 64 hexadecimal digits; several while it is replaced.", "pin-sha256 = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""),
    key("targets.NAME.tls.pin-deployed", Flag, "`false`", "", "The target itself comes to show the certificate that is deployed, as a management interface does: accept that too.", "pin-deployed = true"),
    key("targets.NAME.tls.client-certificate", Path, "none", "", "A PEM file with the host's own certificate for this target, then its chain. Together with `client-key`.", "client-certificate = \"/etc/lastmile/client.pem\""),
    key("targets.NAME.tls.client-key", Text, "none", "", "Which of the target's secrets is the key of `client-certificate`, in PEM.", "client-key = \"client-key\""),
    key("targets.NAME.auth.kind", Choice(AUTH), REQUIRED, "", "What the host adds to each request; it decides which other keys of `auth` there are.", "kind = \"basic\""),
    key("targets.NAME.auth.username", Text, "required for `basic`", "", "The user's name.", "username = \"admin\""),
    key("targets.NAME.auth.password", Text, "required for `basic`", "", "Which of the target's secrets is the password.", "password = \"password\""),
    key("targets.NAME.auth.token", Text, "required for `bearer`", "", "Which of the target's secrets is the token.", "token = \"token\""),
    key("targets.NAME.auth.name", Text, "required for `header`", "", "The header's name.", "name = \"X-Api-Key\""),
    key("targets.NAME.auth.value", Text, "required for `header`", "", "Which of the target's secrets is the header's value.", "value = \"api-key\""),
    key("targets.NAME.auth.region", Text, "required for `aws-sigv4`", "", "The AWS region.", "region = \"eu-central-1\""),
    key("targets.NAME.auth.service", TextOrTexts, "required for `aws-sigv4`", "", "The AWS service's signing name. Of several the connector chooses one for each request, by the header `x-lastmile-service`, which the host takes off; the first is meant without it.", "service = \"acm\""),
    key("targets.NAME.auth.credentials", Choice(SOURCES), "`\"static\"`", "", "For `aws-sigv4`: where the keys come from.", "credentials = \"instance\""),
    key("targets.NAME.auth.access-key-id", Text, "required for `static`", "", "Which of the target's secrets is the access key's id.", "access-key-id = \"id\""),
    key("targets.NAME.auth.secret-access-key", Text, "required for `static`", "", "Which of the target's secrets is the secret access key.", "secret-access-key = \"secret\""),
    key("targets.NAME.auth.session-token", Text, "none", "", "For `static` with temporary credentials: which of the target's secrets is the session token.", "session-token = \"session\""),
    key("targets.NAME.auth.profile", Text, "`\"default\"`", "", "For `profile`: the section of the credentials file. It holds the keys themselves.", "profile = \"shop\""),
    key("targets.NAME.auth.credentials-file", Path, "`AWS_SHARED_CREDENTIALS_FILE`, or `~/.aws/credentials`", "", "For `profile`: the credentials file.", "credentials-file = \"/etc/lastmile/aws\""),
    key("targets.NAME.auth.role-arn", Text, "`AWS_ROLE_ARN`", "", "For `web-identity`: the role.", "role-arn = \"arn:aws:iam::111122223333:role/lastmile\""),
    key("targets.NAME.auth.token-file", Path, "`AWS_WEB_IDENTITY_TOKEN_FILE` for `web-identity`, that of the pod for `kubernetes-token`", "", "The file of the token, which is read anew each time, as it rotates.", "token-file = \"/var/run/secrets/kubernetes.io/serviceaccount/token\""),
    key("targets.NAME.auth.token-url", Text, "required for `oauth2-client-credentials`; Google's for `gcp-service-account`", "", "Where tokens are issued.", "token-url = \"https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token\""),
    key("targets.NAME.auth.client-id", Text, "required for `oauth2-client-credentials`", "", "The client's id; for `azure-managed-identity` which of several identities of the machine.", "client-id = \"11111111-2222-3333-4444-555555555555\""),
    key("targets.NAME.auth.client-secret", Text, "required for `oauth2-client-credentials`", "", "Which of the target's secrets is the client's.", "client-secret = \"client-secret\""),
    key("targets.NAME.auth.scope", Text, "required for `oauth2-client-credentials` and `gcp-service-account`", "", "What the token is for; several scopes with spaces between.", "scope = \"https://vault.azure.net/.default\""),
    key("targets.NAME.auth.audience", Text, "none", "", "Whom the token is for, where the issuer asks that.", "audience = \"https://api.example.test\""),
    key("targets.NAME.auth.resource", Text, "required for `azure-managed-identity`", "", "What the token is for.", "resource = \"https://vault.azure.net\""),
    key("targets.NAME.auth.service-account-key", Text, "required for `gcp-service-account`", "", "Which of the target's secrets is the account's key, the JSON file as Google makes it.", "service-account-key = \"google\""),
    key("targets.NAME.auth.account", Text, "`\"default\"`", "", "For `gcp-metadata`: the e-mail address of one of several accounts of the machine.", "account = \"lastmile@shop.iam.gserviceaccount.com\""),
    key("targets.NAME.auth.kubeconfig", Text, "required for `kubeconfig`", "", "Which of the target's secrets is the kubeconfig.", "kubeconfig = \"kubeconfig\""),
    key("targets.NAME.auth.ca", Path, "the system's roots", "", "A PEM file with the roots that the issuer's certificate must lead to.", "ca = \"/etc/lastmile/issuer.pem\""),
    key("targets.NAME.auth.endpoint", Text, "the issuer's own", "", "For tests: ask here for tokens, `http://` at a loopback address, and not where they are issued.", "endpoint = \"http://127.0.0.1:8080\""),
    key("targets.NAME.plaintext", Flag, "`false`", "", "Let secrets cross a connection in the clear, to a loopback address only.", "plaintext = true"),
    key("targets.NAME.verify.endpoint", Text, REQUIRED, "", "Where the host looks, after a deployment, at the certificate that is served: `host:port`.", "endpoint = \"127.0.0.1:443\""),
    key("targets.NAME.verify.server-name", Text, "the endpoint's host", "", "The name to ask for (SNI).", "server-name = \"shop.example.test\""),
    key("targets.NAME.verify.starttls", Text, "none", "", "How TLS begins: `none` (with the first byte), `smtp`, `imap`, `pop3`, `ftp`, `ldap`, `postgres` or `mysql`.", "starttls = \"smtp\""),
    key("targets.NAME.verify.attempts", Count(1, 100), "10", "attempts", "How often to look before the deployment is undone.", "attempts = 10"),
    key("targets.NAME.verify.interval-ms", Count(10, 60_000), "50", "milliseconds", "How long to wait before looking again; each wait is half as long again.", "interval-ms = 50"),
    key("targets.NAME.allow-expired", Flag, "`false`", "", "Deploy a certificate that has expired.", "allow-expired = true"),
];
