//! moto's server: an AWS endpoint that checks signatures and permissions.

use std::process::{Child, Command, Stdio};

use crate::room::{Room, await_that, free_port, repository};
use crate::tap::Tap;

/// Makes a user who may do what ACM needs, then turns the checks on.
const USER: &str = r#"
import boto3, json, sys, urllib.request
url = sys.argv[1]
iam = boto3.client("iam", endpoint_url=url, region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
iam.create_user(UserName="lastmile")
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "acm:*", "Resource": "*"}]}
iam.put_user_policy(UserName="lastmile", PolicyName="acm", PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName="lastmile")["AccessKey"]
request = urllib.request.Request(url + "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
urllib.request.urlopen(request).read()
print(key["AccessKeyId"], key["SecretAccessKey"])
"#;

/// Asks as the user does, by AWS's own client: operation, arguments as JSON; the answer as JSON.
const ASK: &str = r#"
import boto3, json, sys
url, key, secret, operation, arguments = sys.argv[1:]
acm = boto3.client("acm", endpoint_url=url, region_name="eu-central-1", aws_access_key_id=key, aws_secret_access_key=secret)
print(json.dumps(getattr(acm, operation)(**json.loads(arguments)), default=str))
"#;

/// Stops with the test.
pub(crate) struct Moto {
    server: Child,
    url: String,
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) tap: Tap,
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.stop();
    }
}

fn python(script: &str, arguments: &[&str]) -> String {
    let mut python = Command::new(repository().join("target/venv/bin/python"));
    let output = python.args(["-c", script]).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

impl Moto {
    pub(crate) fn start(room: &Room) -> Self {
        let program = repository().join("target/venv/bin/moto_server");
        assert!(program.exists(), "{} is missing: run `tests/setup.sh moto`", program.display());
        let port = free_port();
        let log = std::fs::File::create(room.file("log/moto")).unwrap();
        let mut server = Command::new(program);
        server.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdin(Stdio::null());
        let server = server.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let mut moto = Self { server, url, id: String::new(), secret: String::new(), tap: Tap::on(port) };
        await_that("moto listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        let user = python(USER, &[&moto.url]);
        let (id, secret) = user.trim().split_once(' ').unwrap();
        (moto.id, moto.secret) = (id.to_owned(), secret.to_owned());
        moto
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    pub(crate) fn ask(&self, operation: &str, arguments: &serde_json::Value) -> serde_json::Value {
        let answer = python(ASK, &[&self.url, &self.id, &self.secret, operation, &arguments.to_string()]);
        serde_json::from_str(&answer).unwrap()
    }

    /// The part of plugins.toml with the connector and a target `acm` behind the tap.
    pub(crate) fn toml(&self, config: &str) -> String {
        let endpoint = format!("http://127.0.0.1:{}", self.tap.port);
        format!(
            "[plugins.aws-acm]\ncomponent = \"{}/aws-acm.wasm\"\nunpinned = true\n\
             [plugins.aws-acm.grant]\nnet.dial = [\"{endpoint}\"]\n\
             [targets.acm]\nplugin = \"aws-acm\"\n\
             config = {{ region = \"eu-central-1\", endpoint = \"{endpoint}\"{config} }}\n\
             secrets = {{ id = \"env:ACM_ID\", secret = \"env:ACM_SECRET\" }}\n\
             auth = {{ kind = \"aws-sigv4\", region = \"eu-central-1\", service = \"acm\", \
               access-key-id = \"id\", secret-access-key = \"secret\" }}\nplaintext = true\n",
            repository().join("plugins").display()
        )
    }
}
