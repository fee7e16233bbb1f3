//! Each component, judged by itself: a refusal points at the line that decides it.

use std::collections::BTreeMap;
use std::sync::Arc;

use lastmile::manifest::{Manifest, Plugin, key};
use lastmile::sandbox::{Granted, Loaded, PluginSpec, Report, Sandbox, inspect};

use super::findings::Findings;
use super::grants::{Needed, POWERS, Power};
use crate::cli::load;

/// The components that can be asked about their targets, even where the operator would not run them yet.
pub(super) fn check(
    sandbox: &Sandbox,
    manifest: &Manifest,
    findings: &mut Findings<'_>,
    needed: &mut Needed,
) -> BTreeMap<String, Arc<Loaded>> {
    let mut loaded = BTreeMap::new();
    for (name, plugin) in &manifest.plugins {
        let unpinned = key(&["plugins", name, "unpinned"]);
        if plugin.sha256.is_none() && findings.survey.has(&unpinned) && findings.survey.is_sound(&unpinned) {
            let message = "the component is not pinned: whatever lies there is loaded";
            findings.warn(&unpinned, message, pin(plugin));
        }
        if let Some(component) = judge(sandbox, plugin, findings, needed) {
            loaded.insert(name.clone(), component);
        }
    }
    loaded
}

fn pin(plugin: &Plugin) -> String {
    match inspect(&plugin.component) {
        Ok(report) => format!("write `sha256 = \"{}\"`", report.sha256),
        Err(_) => "write its `sha256`".to_owned(),
    }
}

fn judge(
    sandbox: &Sandbox,
    plugin: &Plugin,
    findings: &mut Findings<'_>,
    needed: &mut Needed,
) -> Option<Arc<Loaded>> {
    let at = |name: &str| key(&["plugins", &plugin.name, name]);
    let (component, wasi) = (at("component"), at("wasi"));
    if plugin.component.as_os_str().is_empty() || !findings.survey.is_sound(&component) {
        return None;
    }
    let report = match inspect(&plugin.component) {
        Ok(report) => report,
        Err(error) => {
            findings.fault(&component, error.to_string(), "put the component there, or correct the path");
            return None;
        }
    };
    if !is_pinned(plugin, &report, findings) {
        return None;
    }
    let imports_wasi = report.imports.iter().any(|import| import.starts_with("wasi:"));
    if imports_wasi && !plugin.wasi.is_inert() && findings.survey.is_sound(&wasi) {
        findings.fault(
            &wasi,
            format!("the component imports WASI: {}", some(&report.imports, "wasi:")),
            "write `wasi = \"inert\"` to have it answered harmlessly, or build the connector without WASI",
        );
    }
    for power in POWERS.iter().filter(|power| report.imports.iter().any(|import| power.is_import(import))) {
        needed.import(plugin, *power);
    }
    // Whoever was refused for one reason may still be asked what its targets need.
    let spec = PluginSpec {
        granted: Granted { fs: true, net: true, process: true },
        inert_wasi: plugin.wasi.is_inert() || imports_wasi,
        ..load::spec(plugin)
    };
    match sandbox.load(&spec) {
        Ok(loaded) => Some(loaded),
        Err(error) => {
            findings.fault(
                &component,
                error.reason,
                "ask the connector's vendor; `lastmile plugin inspect` shows more",
            );
            None
        }
    }
}

fn is_pinned(plugin: &Plugin, report: &Report, findings: &mut Findings<'_>) -> bool {
    let Some(pinned) = plugin.sha256.filter(|pinned| hex::encode(pinned) != report.sha256) else {
        return true;
    };
    findings.fault(
        &key(&["plugins", &plugin.name, "sha256"]),
        format!(
            "{} is another file than was pinned ({}…)",
            plugin.component.display(),
            first(&hex::encode(pinned))
        ),
        format!(
            "ask whoever replaced it; if the new one is to be trusted, write `sha256 = \"{}\"`",
            report.sha256
        ),
    );
    false
}

fn first(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// The first two of these imports, and how many more there are.
fn some(imports: &[String], prefix: &str) -> String {
    let wanted: Vec<&str> =
        imports.iter().map(String::as_str).filter(|import| import.starts_with(prefix)).collect();
    match wanted.as_slice() {
        [one, two, _, ..] => format!("{one}, {two} and {} more", wanted.len() - 2),
        few => few.join(", "),
    }
}

impl Power {
    fn is_import(self, import: &str) -> bool {
        import.strip_prefix("lastmile:connector/").is_some_and(|rest| rest.starts_with(self.interface()))
    }
}
