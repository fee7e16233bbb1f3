//! slapd: it tells of what it cannot take after it has dropped TLS.

use std::fs;
use std::process::Command;

use super::place::{directory, done};
use super::subject::{Layout, Subject};
use super::trap::{Trap, spring};
use super::trial;
use crate::room::Room;

pub(super) const SUBJECT: Subject = Subject {
    name: "slapd",
    version: &["/usr/sbin/slapd", "-VV"],
    starttls: "ldap",
    config: |room| {
        let p = room.path.display();
        format!("certificate = \"{p}/tls/site.pem\"\nkey = \"{p}/tls/site.key\"\nuri = \"{}\"", ldapi(room))
    },
    plugin: |_| String::new(),
    commands: |room| {
        vec![format!(r#"["/usr/bin/ldapmodify", "-Y", "EXTERNAL", "-Q", "-H", "{}"]"#, ldapi(room))]
    },
    layout: Layout::Pair,
    owner: Some(("root", "openldap")),
    looks_by_itself: false,
    start,
    spoil: |room| {
        let path = room.file("data/cn=config.ldif");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{text}olcNonsense: yes\n")).unwrap();
    },
    // A request to delete cn=x.
    dialogue: Some(("0\u{9}\u{2}\u{1}\u{1}J\u{4}cn=x", "superior knowledge")),
    looks: (10, 50),
};

fn ldapi(room: &Room) -> String {
    format!("ldapi://{}", room.path.join("ldapi").to_str().unwrap().replace('/', "%2F"))
}

fn start(room: &Room) -> Command {
    directory(room, "data", "openldap");
    let p = room.path.display();
    let ldif = format!(
        "dn: cn=config\nobjectClass: olcGlobal\ncn: config\nolcTLSCertificateFile: {p}/tls/site.pem\n\
         olcTLSCertificateKeyFile: {p}/tls/site.key\n\n\
         dn: olcDatabase={{0}}config,cn=config\nobjectClass: olcDatabaseConfig\nolcDatabase: {{0}}config\n\
         olcAccess: to * by dn.exact=gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth manage\n"
    );
    fs::write(room.file("config.ldif"), ldif).unwrap();
    let mut add = Command::new("/usr/sbin/slapadd");
    done(add.args(["-n", "0", "-F"]).arg(room.file("data")).arg("-l").arg(room.file("config.ldif")));
    done(Command::new("chown").args(["-R", "openldap:openldap"]).arg(room.file("data")));
    let mut command = Command::new("/usr/sbin/slapd");
    command.args(["-d", "none", "-u", "openldap", "-g", "openldap", "-F"]).arg(room.file("data"));
    command.arg("-h").arg(format!("ldap://127.0.0.1:{}/ {}", room.port, ldapi(room)));
    command
}

/// The modify from a file of the operator's own.
fn from_file(room: &Room) -> String {
    let file = room.file("modify.ldif");
    format!(
        r#"["/usr/bin/ldapmodify", "-Y", "EXTERNAL", "-Q", "-H", "{}", "-f", "{}"]"#,
        ldapi(room),
        file.display()
    )
}

#[test]
fn the_trial() {
    trial::hold_unheeding(&SUBJECT);
}

/// TLS is gone when the modify fails; the old files and the same modify bring it back.
#[test]
fn a_key_that_its_user_cannot_read_costs_tls_for_a_moment_only() {
    let trap = Trap {
        config: |room| {
            let p = room.path.display();
            let ldif = format!(
                "dn: cn=config\nchangetype: modify\nreplace: olcTLSCertificateFile\n\
                 olcTLSCertificateFile: {p}/tls/site.pem\n-\nreplace: olcTLSCertificateKeyFile\n\
                 olcTLSCertificateKeyFile: {p}/tls/site.key\n"
            );
            fs::write(room.file("modify.ldif"), ldif).unwrap();
            format!("owner = \"root\"\nreload = {}", from_file(room))
        },
        commands: |room| vec![from_file(room)],
        outcome: "unavailable",
    };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("(80)"), "{note}");
}

/// The same with the profile's own modify, whose LDIF is its standard input: an undo gives it that again.
#[test]
fn the_profiles_own_modify_is_repeated_with_its_input() {
    let trap =
        Trap { config: |_| "owner = \"root\"".to_owned(), commands: |_| vec![], outcome: "unavailable" };
    let note = spring(&SUBJECT, &trap);
    assert!(note.contains("(80)"), "{note}");
}
