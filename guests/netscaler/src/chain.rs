//! The intermediates: certkeys of their own, linked one to the next. The device serves what the links lead to.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::ders;
use lastmile_sdk::http::{Answer, Api, Attempt, Content, object};
use lastmile_sdk::{Connection, Failure};

use crate::nitro::{CertKey, certkey, change, holds, remove, upload};

/// Behind what the operator chose: `-ca-` and eight digits, within the 31 characters of a certkey.
const BASE: usize = 19;

/// Whether the links lead from here through this whole chain.
pub(crate) fn linked<C: Connection>(
    api: &mut Api<C>,
    from: &CertKey,
    chain: &[String],
) -> Result<bool, Failure> {
    let mut link = from.link.clone();
    for pem in chain {
        match issuer(api, &link, pem)? {
            Some(found) => link = found.link,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// The certkey of this name, where it holds this certificate.
fn issuer<C: Connection>(api: &mut Api<C>, name: &str, pem: &str) -> Result<Option<CertKey>, Failure> {
    if name.is_empty() {
        return Ok(None);
    }
    match certkey(api, name)? {
        Some(found) if holds(api, &found, pem)? => Ok(Some(found)),
        _ => Ok(None),
    }
}

/// The first of the chain's certkeys, each linked to the next: those that the links lead to already, and new ones. Nothing of
/// what is served changes here.
pub(crate) fn prepare<C: Connection>(
    api: &mut Api<C>,
    base: &str,
    from: &CertKey,
    chain: &[String],
) -> Result<Option<String>, Failure> {
    let (mut names, mut link): (Vec<String>, String) = (Vec::new(), from.link.clone());
    for pem in chain {
        match issuer(api, &link, pem)? {
            Some(found) => {
                names.push(link);
                link = found.link;
            }
            None => {
                names.push(add(api, base, pem)?);
                link.clear();
            }
        }
    }
    for (name, next) in names.iter().zip(names.iter().skip(1)) {
        let now = certkey(api, name)?.unwrap_or_default().link;
        if now.is_empty() {
            api.call(change("link", object! { "certkey": name, "linkcertkeyname": next }))?;
        } else if now != *next {
            return Err(Failure::Rejected(format!(
                "the intermediate {name} is linked to {now}, and this chain goes on with {next}: others are served that link"
            )));
        }
    }
    Ok(names.into_iter().next())
}

/// The certkey that holds this intermediate, made where there is none.
fn add<C: Connection>(api: &mut Api<C>, base: &str, pem: &str) -> Result<String, Failure> {
    let name = name(base, pem);
    if let Some(found) = certkey(api, &name)? {
        return match holds(api, &found, pem)? {
            true => Ok(name),
            false => {
                Err(Failure::Rejected(format!("the certkey {name} holds another certificate: remove it")))
            }
        };
    }
    let file = format!("{name}.crt");
    upload(api, &file, Content::from(pem))?;
    match api.attempt(change("add", object! { "certkey": &name, "cert": &file }))? {
        Attempt::Done(_) => Ok(name),
        Attempt::NotFound(answer) => Err(Failure::Rejected(answer.complaint())),
        Attempt::Conflict(answer) => {
            remove(api, &file)?;
            held_as(&answer).ok_or_else(|| Failure::Rejected(answer.complaint()))
        }
    }
}

/// The other certkey of `Resource already exists [certkeyName Contents, NAME]`: one certificate has one certkey.
fn held_as(answer: &Answer) -> Option<String> {
    let (_, after) = answer.text().split_once("[certkeyName Contents, ")?;
    after.split_once(']').map(|(name, _)| name.into())
}

/// A certificate ends with its signature, whose last bytes tell it from others as well as a hash would.
fn name(base: &str, pem: &str) -> String {
    let der = ders(pem).into_iter().next().unwrap_or_default();
    let tail: String =
        der.iter().skip(der.len().saturating_sub(4)).map(|byte| format!("{byte:02x}")).collect();
    let base: String = base.chars().take(BASE).collect();
    format!("{}-ca-{tail}", base.trim_end_matches(['-', '.', '_']))
}

/// Lets a certkey lead to this issuer, or to none where its name is empty.
pub(crate) fn join<C: Connection>(api: &mut Api<C>, name: &str, issuer: &str) -> Result<(), Failure> {
    let now = certkey(api, name)?.unwrap_or_default().link;
    if now == issuer {
        return Ok(());
    }
    if !now.is_empty() {
        api.find(change("unlink", object! { "certkey": name }))?;
    }
    if !issuer.is_empty() {
        api.call(change("link", object! { "certkey": name, "linkcertkeyname": issuer }))?;
    }
    Ok(())
}
