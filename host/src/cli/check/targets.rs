//! Each target: its secrets, whom it trusts, and what its connector says of its configuration.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lastmile::capability::fs::{FsDoor, FsError};
use lastmile::capability::net::Trust;
use lastmile::deploy::resolve::{UnknownNeeds, needs, read_secret};
use lastmile::grant::Grant;
use lastmile::manifest::{Manifest, SecretSource, Target, key};
use lastmile::sandbox::{Loaded, Problem};

use super::findings::Findings;
use super::grants::Needed;

/// A connector that finds more is not believed to help anybody.
const PROBLEMS: usize = 50;

pub(super) fn check(
    target: &Target,
    manifest: &Manifest,
    loaded: Option<&std::sync::Arc<Loaded>>,
    findings: &mut Findings<'_>,
    needed: &mut Needed,
) {
    let table = key(&["targets", &target.name]);
    if target.verify.is_none() && findings.survey.is_sound(&format!("{table}.verify")) {
        findings.warn(
            &table,
            "nobody looks whether the new certificate is served",
            "write `verify = { endpoint = \"host:port\" }` to have the host look and undo",
        );
    }
    secrets(target, findings);
    if let Trust::CaFile(path) = &target.trust
        && let Err(error) = std::fs::File::open(path)
    {
        let message = format!("{}: {error}", path.display());
        findings.fault(&format!("{table}.tls.ca"), message, "put the roots there, or correct the path");
    }
    if let Some(client) = &target.client
        && let Err(error) = std::fs::File::open(&client.certificate)
    {
        let message = format!("{}: {error}", client.certificate.display());
        findings.fault(
            &format!("{table}.tls.client-certificate"),
            message,
            "put the certificate there, or correct the path",
        );
    }
    let config = format!("{table}.config");
    let (Some(loaded), Some(plugin)) = (loaded, manifest.plugins.get(&target.plugin)) else { return };
    if !findings.survey.is_sound(&config) {
        return;
    }
    match needs(loaded, &target.config.to_string()) {
        Ok(declared) => {
            machine(&config, &declared, findings);
            needed.declared(plugin, &target.name, &declared);
        }
        Err(UnknownNeeds::Problems(problems)) => tell(&config, &problems, findings),
        Err(UnknownNeeds::NoAnswer(error)) => findings.fault(
            &key(&["plugins", &plugin.name, "component"]),
            format!("asked about target `{}`: {error}", target.name),
            "ask the connector's vendor: no configuration may do that",
        ),
        Err(UnknownNeeds::Nonsense(text)) => findings.fault(
            &key(&["plugins", &plugin.name, "component"]),
            format!("asked about target `{}`, it declares what cannot be granted: {text}", target.name),
            "correct the target's configuration, or ask the connector's vendor",
        ),
    }
}

fn secrets(target: &Target, findings: &mut Findings<'_>) {
    for (name, source) in &target.secrets {
        let place = key(&["targets", &target.name, "secrets", name]);
        if let Err(text) = read_secret(source) {
            let instead = match source {
                SecretSource::Env(_) => "set it for the user that runs lastmile, or write \"file:/path\"",
                SecretSource::File(_) => {
                    "make it readable for the user that runs lastmile, or correct the path"
                }
            };
            findings.fault(&place, text, instead);
        } else if let SecretSource::File(path) = source
            && everybody_reads(path)
        {
            let message = format!("every user of this machine can read {}", path.display());
            findings.warn(&place, message, format!("run `chmod 600 {}`", path.display()));
        }
    }
}

fn everybody_reads(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

/// What is declared and may be granted, but is not on this machine.
fn machine(config: &str, declared: &Grant, findings: &mut Findings<'_>) {
    for prefix in &declared.fs_write {
        if let Err(FsError::Denied(text) | FsError::Invalid(text) | FsError::Io(text)) =
            FsDoor::open(std::slice::from_ref(prefix))
        {
            findings.fault(config, text, "make the directory, or correct the path");
        }
    }
    let mut programs: Vec<&str> = declared.process_exec.iter().map(|line| line.program()).collect();
    programs.sort_unstable();
    programs.dedup();
    for program in programs {
        let found = std::fs::metadata(program);
        if !found.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0) {
            let message = format!("there is no program {program} on this machine");
            findings.fault(config, message, "install it, or name the program's own path");
        }
    }
}

/// Each problem at the line of the key that the connector points at.
fn tell(config: &str, problems: &[Problem], findings: &mut Findings<'_>) {
    for problem in problems.iter().take(PROBLEMS) {
        let place = findings.survey.pointed(config, &problem.pointer);
        let (message, instead) = split(&problem.message);
        findings.fault(&place, message, instead);
    }
    if problems.len() > PROBLEMS {
        let message = format!("the connector finds {} problems more", problems.len() - PROBLEMS);
        findings.fault(config, message, "correct the first ones");
    }
}

/// A connector often says itself what to write.
fn split(message: &str) -> (&str, &str) {
    if message.starts_with("write ") {
        return ("it is wrong or missing", message);
    }
    for separator in ["; ", ": "] {
        if let Some((what, instead)) = message.rsplit_once(separator)
            && instead.starts_with("write ")
        {
            return (what, instead);
        }
    }
    (message, "correct it as the connector's documentation says")
}
