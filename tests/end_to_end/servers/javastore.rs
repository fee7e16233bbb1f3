//! Keystores as an administrator makes them, and the secret that they are under.

use std::fs;
use std::process::Command;

use super::place::done;
use crate::room::Room;

/// The password of every store here.
pub(crate) const PASSWORD: &str = "changeit-7";

/// The lines that give the target `it` the password. They stand before the target's own table, as TOML allows.
pub(crate) fn secret(room: &Room) -> String {
    fs::write(room.file("password"), PASSWORD).unwrap();
    format!("[targets.it.secrets]\npassword = \"file:{}\"", room.file("password").display())
}

/// Makes `tls/site.p12` of the pair that lies there, and removes the pair: the store is all that there is.
pub(crate) fn pkcs12(room: &Room, alias: &str, group: &str) {
    let (certificate, key) = (room.file("tls/site.pem"), room.file("tls/site.key"));
    let mut export = Command::new("openssl");
    export.args(["pkcs12", "-export", "-name", alias, "-passout", &format!("pass:{PASSWORD}"), "-in"]);
    done(export.arg(&certificate).arg("-inkey").arg(&key).arg("-out").arg(room.file("tls/site.p12")));
    fs::remove_file(certificate).unwrap();
    fs::remove_file(key).unwrap();
    belongs(room, "tls/site.p12", group);
}

/// The same as a JKS file, `tls/site.jks`, by keytool.
pub(crate) fn jks(room: &Room, alias: &str, group: &str) {
    pkcs12(room, alias, group);
    let mut import = Command::new("keytool");
    import.args(["-importkeystore", "-noprompt", "-deststoretype", "JKS", "-srckeystore"]);
    import.arg(room.file("tls/site.p12")).arg("-destkeystore").arg(room.file("tls/site.jks"));
    done(import.args(["-srcstorepass", PASSWORD, "-deststorepass", PASSWORD]));
    fs::remove_file(room.file("tls/site.p12")).unwrap();
    belongs(room, "tls/site.jks", group);
}

fn belongs(room: &Room, file: &str, group: &str) {
    done(Command::new("chown").arg(format!("root:{group}")).arg(room.file(file)));
    done(Command::new("chmod").arg("0640").arg(room.file(file)));
}
