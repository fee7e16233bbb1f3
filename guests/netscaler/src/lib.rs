//! NetScaler ADC (NITRO, 10.5 and later): new files for each certificate, which the certkey is updated to, with all that is
//! bound to it; the chain linked behind it; and saved. The old files stay, so going back is to update to them.
#![no_std]

extern crate alloc;

mod chain;
mod config;
mod nitro;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::certificate::{self, no_ed25519};
use lastmile_sdk::failure::misconfigured;
use lastmile_sdk::http::{
    Answer, Api, Call, Content, Judged, Target, Value, key, object, parse_notes, secret,
};
use lastmile_sdk::{Certificate, Connection, Deployment, Failure, Problem, Receipt};
use serde::Deserialize;

pub use crate::config::NetScaler;
use crate::nitro::CertKey;

/// More than this many intermediates are served to nobody.
const LONGEST: usize = 9;
const CONFIG: &str = "/nitro/v1/config/nsconfig";

#[derive(Deserialize)]
struct Login {
    sessionid: String,
}

impl Target for NetScaler {
    const NAME: &'static str = "netscaler";

    fn parse(config: &str) -> Result<Self, Vec<Problem>> {
        Self::read(config)
    }

    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn judge(answer: &Answer) -> Judged {
        nitro::judge(answer)
    }

    fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
        let certificate = &deployment.certificate;
        no_ed25519(certificate, "NetScaler")?;
        let chain = certificate::chain(certificate);
        if chain.len() > LONGEST {
            let text = format!("NetScaler takes {LONGEST} intermediates, and this chain has {}", chain.len());
            return Err(Failure::Rejected(text));
        }
        self.logged_in(api, |api| {
            let look = |api: &mut Api<C>| {
                let now = self.now(api)?;
                let leaf = nitro::holds(api, &now, &certificate.leaf_pem)?;
                Ok((leaf && chain::linked(api, &now, &chain)?).then_some(()))
            };
            api.bring(look, |api| self.renew(api, certificate, &chain))?;
            let note = self.keep(api)?;
            Ok(api.receipt(&self.certkey, note))
        })
    }

    fn served<C: Connection>(&self, api: &mut Api<C>, of: &Deployment) -> Result<Option<String>, Failure> {
        self.logged_in(api, |api| {
            let now = self.now(api)?;
            let same = nitro::holds(api, &now, &of.certificate.leaf_pem)?;
            Ok(same.then(|| of.certificate.fingerprint.clone()))
        })
    }

    fn take_back<C: Connection>(
        &self,
        api: &mut Api<C>,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let notes: Vec<CertKey> = parse_notes(notes)?;
        self.logged_in(api, |api| {
            notes.iter().try_for_each(|before| self.restore(api, &deployment.certificate, before))?;
            self.keep(api).map(drop)
        })
    }
}

impl NetScaler {
    /// Works in a session, of which a device has few.
    fn logged_in<C: Connection, T>(
        &self,
        api: &mut Api<C>,
        mut work: impl FnMut(&mut Api<C>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let user = object! { "username": &self.username, "password": secret("password") };
        api.with_session(
            |api| {
                let login = Call::post("/nitro/v1/config/login").json(object! { "login": user.clone() });
                let Login { sessionid } = api.call(login)?.json()?;
                api.session_header("cookie", format!("NITRO_AUTH_TOKEN={sessionid}"));
                Ok(())
            },
            |api, ()| work(api),
            |api, ()| {
                let logout = Call::post("/nitro/v1/config/logout").json(object! { "logout": object! {} });
                api.call(logout).map(drop)
            },
        )
    }

    /// The certkey as it is.
    fn now<C: Connection>(&self, api: &mut Api<C>) -> Result<CertKey, Failure> {
        let missing = "there is no such certkey: add one with a certificate, and bind it, once";
        let unfit = "it holds no certificate with a key in PEM: add another one, and bind that";
        let found = nitro::certkey(api, &self.certkey)?.ok_or_else(|| misconfigured("certkey", missing))?;
        let fits = !found.key.is_empty() && matches!(found.inform.as_str(), "" | "PEM");
        if fits { Ok(found) } else { Err(misconfigured("certkey", unfit)) }
    }

    /// The names of certificate and key.
    fn files(&self, certificate: &Certificate) -> [String; 2] {
        let version = self.versions.name(certificate);
        [format!("{version}.crt"), format!("{version}.key")]
    }

    /// Updates the certkey to new files, where it has others, and links it to the chain.
    fn renew<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        chain: &[String],
    ) -> Result<(), Failure> {
        let before = self.now(api)?;
        api.note(&before)?;
        let issuer = chain::prepare(api, &self.name, &before, chain)?;
        if !nitro::holds(api, &before, &certificate.leaf_pem)? {
            let [cert, private] = self.files(certificate);
            nitro::upload(api, &cert, Content::from(&certificate.leaf_pem))?;
            nitro::upload(api, &private, key().into())?;
            api.call(self.update(&cert, &private))?;
        }
        issuer.map_or(Ok(()), |issuer| chain::join(api, &self.certkey, &issuer))
    }

    fn update(&self, cert: &str, key: &str) -> Call {
        let members = object! { "certkey": &self.certkey, "cert": cert, "key": key };
        let members = if self.other_domain { members.with("nodomaincheck", true) } else { members };
        nitro::change("update", members)
    }

    /// The old files and link, where ours are; ours are removed. Intermediates stay: they are public, and others may use them.
    fn restore<C: Connection>(
        &self,
        api: &mut Api<C>,
        certificate: &Certificate,
        before: &CertKey,
    ) -> Result<(), Failure> {
        let files = self.files(certificate);
        let is_ours =
            |certkey: &CertKey| files.iter().any(|file| certkey.cert.rsplit('/').next() == Some(file));
        let now = self.now(api)?;
        if is_ours(&now) && !is_ours(before) {
            api.insist(self.update(&before.cert, &before.key))?;
        }
        // What somebody else bound meanwhile is theirs.
        if is_ours(&now) || now.cert == before.cert {
            chain::join(api, &self.certkey, &before.link)?;
        }
        if !is_ours(before) {
            files.iter().try_for_each(|file| nitro::remove(api, file))?;
        }
        Ok(())
    }

    /// Saves what is not saved, without which all is lost at the next reboot, and gives the secondary the files.
    fn keep<C: Connection>(&self, api: &mut Api<C>) -> Result<&'static str, Failure> {
        if !api.changed() {
            let config: Value = api.call(Call::get(CONFIG))?.json()?;
            if !unsaved(&config) {
                return Ok("the certkey holds it already");
            }
        }
        let save = Call::post(format!("{CONFIG}?action=save")).json(object! { "nsconfig": object! {} });
        let mut missed = nitro::peer_missed(&api.insist(save.changes("save the configuration"))?);
        if self.sync {
            let files = object! { "hafiles": object! { "mode": Vec::from(["ssl"]) } };
            let sync = Call::post("/nitro/v1/config/hafiles?action=sync").json(files);
            missed |= nitro::peer_missed(&api.insist(sync.changes("give the secondary the files"))?);
        }
        Ok(if missed { "updated and saved; the secondary did not answer" } else { "updated and saved" })
    }
}

/// Releases show it within an object or a list, as a boolean or as text.
fn unsaved(config: &Value) -> bool {
    ["/nsconfig/configchanged", "/nsconfig/0/configchanged"].iter().any(|at| {
        let Some(shown) = config.pointer(at) else { return false };
        shown.as_bool() == Some(true) || shown.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    })
}

lastmile_sdk::http_connector!(NetScaler, reversible);
