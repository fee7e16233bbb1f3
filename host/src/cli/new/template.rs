//! The files of a new project. The SDK, the contract and the build script are this repository's own, embedded as they are.

use super::{Shape, lock};

/// One file.
pub(super) struct Entry {
    /// Its path below the project.
    pub(super) path: String,
    /// Its content.
    pub(super) text: String,
    /// Whether it is run.
    pub(super) program: bool,
}

macro_rules! embedded {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../../", $path)))
    };
}

/// The SDK and the contract; a test holds the list to what is there.
pub(super) const EMBEDDED: &[(&str, &str)] = &[
    embedded!("sdk/plain/src/lib.rs"),
    embedded!("sdk/src/certificate.rs"),
    embedded!("sdk/src/certificate/der.rs"),
    embedded!("sdk/src/certificate/kind.rs"),
    embedded!("sdk/src/certificate/tests.rs"),
    embedded!("sdk/src/certificate/time.rs"),
    embedded!("sdk/src/certificate/versions.rs"),
    embedded!("sdk/src/config.rs"),
    embedded!("sdk/src/config/endpoint.rs"),
    embedded!("sdk/src/config/name.rs"),
    embedded!("sdk/src/connector.rs"),
    embedded!("sdk/src/document.rs"),
    embedded!("sdk/src/failure.rs"),
    embedded!("sdk/src/fs.rs"),
    embedded!("sdk/src/http.rs"),
    embedded!("sdk/src/http/answer.rs"),
    embedded!("sdk/src/http/api.rs"),
    embedded!("sdk/src/http/bring.rs"),
    embedded!("sdk/src/http/call.rs"),
    embedded!("sdk/src/http/content.rs"),
    embedded!("sdk/src/http/escape.rs"),
    embedded!("sdk/src/http/form.rs"),
    embedded!("sdk/src/http/multipart.rs"),
    embedded!("sdk/src/http/node.rs"),
    embedded!("sdk/src/http/notes.rs"),
    embedded!("sdk/src/http/pages.rs"),
    embedded!("sdk/src/http/patience.rs"),
    embedded!("sdk/src/http/poll.rs"),
    embedded!("sdk/src/http/session.rs"),
    embedded!("sdk/src/http/target.rs"),
    embedded!("sdk/src/http/tests.rs"),
    embedded!("sdk/src/http/tests/documents.rs"),
    embedded!("sdk/src/http/tests/failures.rs"),
    embedded!("sdk/src/http/tests/recipes.rs"),
    embedded!("sdk/src/http/verdict.rs"),
    embedded!("sdk/src/http/writer.rs"),
    embedded!("sdk/src/http/xml.rs"),
    embedded!("sdk/src/lib.rs"),
    embedded!("sdk/src/net.rs"),
    embedded!("sdk/src/process.rs"),
    embedded!("sdk/src/runtime.rs"),
    embedded!("sdk/src/sandbox.rs"),
    embedded!("sdk/src/server.rs"),
    embedded!("sdk/src/server/tests.rs"),
    embedded!("sdk/src/testing.rs"),
    embedded!("sdk/src/testing/script.rs"),
    embedded!("sdk/src/testing/specimens.rs"),
    embedded!("sdk/src/testing/specimens/ed25519.pem"),
    embedded!("sdk/src/testing/specimens/p256.pem"),
    embedded!("sdk/src/testing/specimens/rsa2048.pem"),
    embedded!("wit/fs.wit"),
    embedded!("wit/net.wit"),
    embedded!("wit/process.wit"),
    embedded!("wit/rollback.wit"),
    embedded!("wit/types.wit"),
    embedded!("wit/world.wit"),
];

const SDK_MANIFEST: &str = include_str!("../../../../sdk/Cargo.toml");
const PLAIN_MANIFEST: &str = include_str!("../../../../sdk/plain/Cargo.toml");
const BUILD: &str = include_str!("../../../../guests/build.sh");

const COMMON: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("common/Cargo.toml")),
    ("README.md", include_str!("common/README.md")),
    (".gitignore", include_str!("common/gitignore")),
];

const FILES: &[(&str, &str)] = &[
    ("src/lib.rs", include_str!("files/src/lib.rs")),
    ("src/tests.rs", include_str!("files/src/tests.rs")),
    ("target.json", include_str!("files/target.json")),
    ("plugins.toml", include_str!("files/plugins.toml")),
];

const HTTP: &[(&str, &str)] = &[
    ("src/lib.rs", include_str!("http/src/lib.rs")),
    ("src/tests.rs", include_str!("http/src/tests.rs")),
    ("target.json", include_str!("http/target.json")),
    ("transcript.json", include_str!("http/transcript.json")),
    ("plugins.toml", include_str!("http/plugins.toml")),
];

const FILES_THEN: &str = "\
Then, here, with a certificate to try it with; it lands in `served/`, and `plugins.toml` grants that and nothing else:

    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=new.test -keyout new.key -out new.pem
    lastmile init && lastmile check && lastmile deploy mine --certificate new.pem --key new.key && lastmile run --until-idle
";

const HTTP_THEN: &str = "\
`transcript.json` plays the API: what is asked of it and what it answers. Once `plugins.toml` names a real one,
`lastmile conformance … --record real.json --target mine --certificate … --key …` writes down what that answers.
";

/// Everything that is written. `directory` is the project's own, absolute.
pub(super) fn entries(name: &str, shape: Shape, directory: &str) -> anyhow::Result<Vec<Entry>> {
    let (own, then, kind) = match shape {
        Shape::Files => (FILES, FILES_THEN, " for a server that takes its certificate from files"),
        Shape::Http => (HTTP, HTTP_THEN, " for a target with an HTTP API"),
    };
    // As it stands between the quotes of a JSON or a TOML string.
    let quoted = serde_json::Value::from(directory).to_string();
    let quoted = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let filled = |text: &str| {
        text.replace("{{name}}", name)
            .replace("{{directory}}", quoted)
            .replace("{{kind}}", kind)
            .replace("{{then}}", then)
            .replace("{{transcript}}", transcript(shape))
            .replace("{{version}}", env!("CARGO_PKG_VERSION"))
    };
    let entry = |path: &str, text: String| Entry { path: path.to_owned(), text, program: false };
    let mut entries: Vec<Entry> =
        COMMON.iter().chain(own).map(|(path, text)| entry(path, filled(text))).collect();
    entries.push(Entry { program: true, ..entry("build.sh", BUILD.to_owned()) });
    entries.push(entry("Cargo.lock", lock::file(name)?));
    entries.push(entry("sdk/Cargo.toml", manifest(SDK_MANIFEST)));
    entries.push(entry("sdk/plain/Cargo.toml", manifest(PLAIN_MANIFEST)));
    entries.extend(EMBEDDED.iter().map(|(path, text)| entry(path, (*text).to_owned())));
    Ok(entries)
}

/// What follows the configuration on the command line.
pub(super) const fn transcript(shape: Shape) -> &'static str {
    match shape {
        Shape::Files => "",
        Shape::Http => " --transcript transcript.json",
    }
}

/// A manifest of the SDK's, out of its own workspace.
fn manifest(text: &str) -> String {
    let own = |line: &&str| !line.starts_with("workspace = \"");
    let lines: Vec<&str> = text.lines().filter(own).collect();
    lines.join("\n").replace("\n[lints]\nworkspace = true", "") + "\n"
}
