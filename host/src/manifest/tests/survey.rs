//! What can still be told of a file that has faults.

use std::path::Path;

use crate::manifest::survey::Survey;
use crate::manifest::{key, read};

const TEXT: &str = r#"schema = 1
[plugins.a]
component = "a.wasm"
unpinned = true
grant.fs.write = ["relative"]
[targets.t]
plugin = "a"
verify = { endpoint = "https://x" }
[targets.t.config]
files = [{ path = "/x" }, { path = "/y" }]
"a b" = 1
"#;

fn survey(text: &str) -> Survey {
    read::survey(Path::new("/etc/lastmile/plugins.toml"), text)
}

#[test]
fn a_fault_makes_its_own_part_unsound_and_no_other() {
    let survey = survey(TEXT);
    assert_eq!(survey.faults().len(), 2, "{:?}", survey.faults());
    for key in ["plugins.a.grant.fs.write", "plugins.a.grant", "plugins.a", "targets.t.verify"] {
        assert!(!survey.is_sound(key), "{key}");
    }
    for key in ["plugins.a.component", "plugins.a.grant.net", "targets.t.config", "targets.t.verified"] {
        assert!(survey.is_sound(key), "{key}");
    }
    assert_eq!(survey.manifest().unwrap().plugins["a"].component, Path::new("/etc/lastmile/a.wasm"));
}

#[test]
fn a_pointer_leads_to_its_line() {
    let survey = survey(TEXT);
    for (pointer, key, line, column) in [
        ("/files/1/path", "targets.t.config.files[1].path", 10, 29),
        ("/a b", "targets.t.config.\"a b\"", 11, 1),
        ("/missing", "targets.t.config.missing", 9, 12),
        ("", "targets.t.config", 9, 12),
        ("/files/7", "targets.t.config.files.7", 10, 1),
        ("/a~1b", "targets.t.config.\"a/b\"", 9, 12),
    ] {
        let found = survey.pointed("targets.t.config", pointer);
        assert_eq!(found, key, "{pointer}");
        let fault = survey.fault(&found, "", "");
        assert_eq!((fault.line, fault.column), (line, column), "{pointer}");
    }
}

#[test]
fn what_is_no_toml_has_faults_and_nothing_else() {
    for text in ["schema = 1\n[a", "schema = 2\n"] {
        let survey = survey(text);
        assert!(survey.manifest().is_none() && !survey.faults().is_empty(), "{text}");
        assert_eq!(survey.fault("x.y", "", "").line, 1);
    }
}

#[test]
fn keys_are_shown_as_they_may_stand() {
    assert_eq!(key(&["targets", "web-1", "a b"]), "targets.web-1.\"a b\"");
}
