//! Tomcat: its manager answers 200 when it fails, and OK when it has lost TLS.

use std::fs;
use std::process::Command;

use super::bad_pair::is_taken_and_undone;
use super::place::{as_user, directory};
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::{javastore, trial};
use crate::room::{Room, free_port};

const SUBJECT: Subject = Subject {
    name: "tomcat",
    version: &["/usr/bin/dpkg-query", "-W", "tomcat10"],
    starttls: "",
    config: |room| {
        let p = room.path.display();
        format!("certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\n{}", manager(room, ""))
    },
    plugin: |_| String::new(),
    commands: |room| vec![format!("{:?}", curl(room, ""))],
    layout: Layout::Pair,
    owner: Some(("root", "tomcat")),
    looks_by_itself: false,
    start: |room| start(room, "certificateFile=\"tls/site.pem\" certificateKeyFile=\"tls/site.key\""),
    spoil: |room| {
        let path = room.file("conf/server.xml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace("<Service ", "<Nonsense ")).unwrap();
    },
    dialogue: Some(("GET / HTTP/1.0\r\nHost: example.test\r\n\r\n", "HTTP/1.1 404")),
    looks: (9, 50),
};

/// `password` and `alias` as the profile has them.
const PKCS12: Subject = Subject {
    config: |room| format!("keystore = \"{}/tls/site.p12\"\n{}", room.path.display(), manager(room, "")),
    plugin: javastore::secret,
    start: |room| {
        javastore::pkcs12(room, "tomcat", "tomcat");
        start(room, &store("p12", "PKCS12", "tomcat"))
    },
    ..SUBJECT
};

const JKS: Subject = Subject {
    config: |room| {
        let keystore = format!("keystore = \"{}/tls/site.jks\"\ntype = \"jks\"", room.path.display());
        format!("{keystore}\n{}", manager(room, ""))
    },
    start: |room| {
        javastore::jks(room, "tomcat", "tomcat");
        start(room, &store("jks", "JKS", "tomcat"))
    },
    ..PKCS12
};

fn store(suffix: &str, kind: &str, alias: &str) -> String {
    format!(
        "certificateKeystoreFile=\"tls/site.{suffix}\" certificateKeystoreType=\"{kind}\" \
         certificateKeystorePassword=\"{}\" certificateKeyAlias=\"{alias}\"",
        javastore::PASSWORD
    )
}

/// The target's lines that say how the manager is reached.
fn manager(room: &Room, query: &str) -> String {
    format!("netrc-file = \"{}/netrc\"\nurl = \"{}\"", room.path.display(), url(room, query))
}

fn url(room: &Room, query: &str) -> String {
    let port = fs::read_to_string(room.file("manager")).unwrap();
    format!("http://127.0.0.1:{port}/manager/text/sslReload{query}")
}

fn curl(room: &Room, query: &str) -> Vec<String> {
    let netrc = room.file("netrc").display().to_string();
    ["/usr/bin/curl", "--disable", "--silent", "--show-error", "--fail", "--netrc-file", &netrc]
        .map(str::to_owned)
        .into_iter()
        .chain([url(room, query)])
        .collect()
}

fn start(room: &Room, material: &str) -> Command {
    for name in ["logs", "temp", "work", "webapps"] {
        directory(room, name, "tomcat");
    }
    fs::create_dir(room.file("conf")).unwrap();
    let port = free_port();
    fs::write(room.file("manager"), port.to_string()).unwrap();
    fs::write(room.file("netrc"), "machine 127.0.0.1 login lastmile password secret-of-the-manager\n")
        .unwrap();
    let users = "<tomcat-users><user username=\"lastmile\" password=\"secret-of-the-manager\" \
                 roles=\"manager-script\"/></tomcat-users>";
    fs::write(room.file("conf/tomcat-users.xml"), users).unwrap();
    let material = material.replace("tls/", &format!("{}/tls/", room.path.display()));
    let server = format!(
        "<Server port=\"-1\"><Service name=\"Catalina\">\n\
         <Connector port=\"{port}\" address=\"127.0.0.1\"/>\n\
         <Connector port=\"{}\" address=\"127.0.0.1\" SSLEnabled=\"true\" connectionTimeout=\"60000\">\
         <SSLHostConfig><Certificate {material}/></SSLHostConfig></Connector>\n\
         <Engine name=\"Catalina\" defaultHost=\"localhost\">\
         <Realm className=\"org.apache.catalina.realm.MemoryRealm\"/>\
         <Host name=\"localhost\" appBase=\"webapps\" autoDeploy=\"false\">\
         <Context path=\"/manager\" docBase=\"/usr/share/tomcat10-admin/manager\" privileged=\"true\"/>\
         </Host></Engine></Service></Server>\n",
        room.port
    );
    fs::write(room.file("conf/server.xml"), server).unwrap();
    let mut command = as_user("tomcat", "/usr/bin/java");
    // Small and quick to start; nothing of it concerns TLS.
    command.args([
        "-Xmx96m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Dcatalina.home=/usr/share/tomcat10",
    ]);
    command.arg(format!("-Dcatalina.base={}", room.path.display()));
    command.arg(format!("-Djava.io.tmpdir={}", room.file("temp").display()));
    command.args(["-cp", "/usr/share/tomcat10/bin/bootstrap.jar:/usr/share/tomcat10/bin/tomcat-juli.jar"]);
    command.args(["org.apache.catalina.startup.Bootstrap", "start"]);
    command
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

#[test]
fn keystores_of_both_types_are_taken() {
    trial::renews(&PKCS12);
    trial::renews(&JKS);
}

/// The manager says OK, and no handshake succeeds any more.
#[test]
fn a_bad_pair_is_taken_and_undone() {
    is_taken_and_undone(&SUBJECT, |room| curl(room, ""));
}

/// The answer to a host that is not there is 200: only its body tells.
#[test]
fn a_reload_that_fails_with_200_has_failed() {
    let elsewhere = Subject {
        config: |room| {
            let config = (SUBJECT.config)(room);
            config.replace("sslReload", "sslReload?tlsHostName=elsewhere")
        },
        commands: |room| vec![format!("{:?}", curl(room, "?tlsHostName=elsewhere"))],
        ..SUBJECT
    };
    let trap = Trap { config: |_| String::new(), commands: |_| vec![], outcome: "unavailable" };
    let note = spring(&elsewhere, &trap);
    assert!(note.contains("exit code 0, but it said: FAIL - "), "{note}");
}

/// The entry that Tomcat looks for is not in the new store; the old store is loaded again.
#[test]
fn a_wrong_alias_is_refused_by_tomcat() {
    let trap =
        Trap { config: |_| "alias = \"another\"".to_owned(), commands: |_| vec![], outcome: "unavailable" };
    let note = spring(&PKCS12, &trap);
    assert!(note.contains("500"), "{note}");
}

/// The undo cannot tell Tomcat either, and says so; Tomcat never looked at the new files.
#[test]
fn a_wrong_password_of_the_manager_is_told() {
    let trap = Trap {
        config: |room| {
            fs::write(room.file("netrc"), "machine 127.0.0.1 login lastmile password guessed\n").unwrap();
            String::new()
        },
        commands: |_| vec![],
        outcome: "unavailable",
    };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("error: 401; the files are as before, but"), "{note}");
}
