//! No attack but an honest connector that goes back over the network: hosts are killed around it.
#![no_std]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::{
    Capability, Connection, Connector, Deployment, Failure, Problem, Receipt, Request, Reversible, Sandbox,
    document, export,
};

struct Honest;

impl Connector for Honest {
    fn name() -> &'static str {
        "net-reversible"
    }

    fn capabilities(config: &str) -> Result<Vec<Capability>, Vec<Problem>> {
        Ok(hostile::declared(config))
    }

    fn deploy<S: Sandbox>(sandbox: &mut S, deployment: &Deployment) -> Result<Receipt, Failure> {
        let wanted = &deployment.certificate.fingerprint;
        let file = hostile::text(&deployment.config, "prefix") + "told";
        sandbox.write(&file, &[document::text(wanted.clone())], &hostile::OPEN)?;
        let mut api = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
        let old = active(&mut api)?;
        if old != *wanted {
            api.on_rollback(&old)?;
            activate(&mut api, wanted)?;
            api.wait(1)?;
            let now = active(&mut api)?;
            if now != *wanted {
                return Err(Failure::Unavailable((
                    alloc::format!("the target holds another one: {now}"),
                    None,
                )));
            }
        }
        match hostile::text(&deployment.config, "fails") {
            why if why.is_empty() => {
                Ok(Receipt { changed: old != *wanted, reference: String::new(), note: "it holds it".into() })
            }
            why => Err(hostile::told(&why)),
        }
    }
}

impl Reversible for Honest {
    fn rollback<S: Sandbox>(
        sandbox: &mut S,
        deployment: &Deployment,
        notes: &[String],
    ) -> Result<(), Failure> {
        let mut api = sandbox.dial(&hostile::text(&deployment.config, "endpoint"))?;
        for old in notes {
            if active(&mut api)? == deployment.certificate.fingerprint {
                activate(&mut api, old)?;
            }
        }
        Ok(())
    }
}

fn active(api: &mut impl Connection) -> Result<String, Failure> {
    Ok(String::from_utf8_lossy(&api.request(&hostile::get("/active"))?.body).into_owned())
}

fn activate(api: &mut impl Connection, fingerprint: &str) -> Result<(), Failure> {
    let body = alloc::vec![document::text(fingerprint)];
    let request = Request { method: "PUT".into(), body, ..hostile::get("/active") };
    api.request(&request).map(|_| ()).map_err(|error| Failure::Uncertain(alloc::format!("{error:?}")))
}

export!(Honest, reversible);
