//! A target whose check and reload are scripts that write down when they run: it shows who touched it, and when.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::room::{Room, repository};

impl Room {
    /// Targets of these names over the HAProxy connector. Each script notes `TARGET check begin`, waits for the
    /// seconds, or for the file `go` where they are `go`, and notes `TARGET check end`; the same for `reload`.
    pub(crate) fn configure_scripted(&self, targets: &[&str], pause: &str) {
        let (p, plugins) = (self.path.display(), repository().join("plugins"));
        let wait = match pause {
            "go" => format!("while [ ! -e {p}/go ]; do sleep 0.05; done"),
            seconds => format!("sleep {seconds}"),
        };
        let script = format!(
            "#!/bin/sh\necho \"$1 $2 begin\" >>{p}/log/touched\n[ $2 = reload ] || {wait}\necho \"$1 $2 end\" >>{p}/log/touched\n"
        );
        fs::write(self.file("touch.sh"), script).unwrap();
        fs::set_permissions(self.file("touch.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(self.file("log/touched"), "").unwrap();
        let mut text = format!(
            "schema = 1\n[host]\nstate-dir = \"{p}/state\"\nlease-seconds = 3\n\
             [plugins.haproxy]\ncomponent = \"{}/haproxy.wasm\"\nunpinned = true\n\
             [plugins.haproxy.grant]\nfs.write = [\"{p}/tls/\"]\nprocess.exec = [[\"{p}/touch.sh\", \"*\", \"*\"]]\n",
            plugins.display()
        );
        for target in targets {
            write!(
                text,
                "[targets.{target}]\nplugin = \"haproxy\"\nconfig = {{ pem = \"{p}/tls/{target}.pem\", \
                 check = [\"{p}/touch.sh\", \"{target}\", \"check\"], \
                 reload = [\"{p}/touch.sh\", \"{target}\", \"reload\"] }}\n"
            )
            .unwrap();
        }
        self.configure_only(&text);
    }

    /// What the scripts of this target noted, in order.
    pub(crate) fn touched(&self, target: &str) -> Vec<String> {
        let text = fs::read_to_string(self.file("log/touched")).unwrap();
        text.lines().filter_map(|line| line.strip_prefix(&format!("{target} "))).map(str::to_owned).collect()
    }
}
