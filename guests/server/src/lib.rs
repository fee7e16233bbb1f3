//! Servers that take their certificate from files: one connector, a profile for each server.
//!
//! A profile is data: which files, which check, which reload. `profile = "postfix"` under a target's `config`
//! chooses one; `profile = "custom"` is what the operator writes down himself. Each profile is also a component
//! of its own name (`names/`), for which the key is not needed.
#![no_std]

extern crate alloc;

mod custom;
mod material;
mod plan;
pub mod profile;
pub mod profiles;
#[cfg(test)]
mod tests;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use lastmile_sdk::Problem;
use lastmile_sdk::config::Fields;
use lastmile_sdk::server::{Plan, Server};

pub use plan::plan;
use profile::Profile;

/// The connector whose configuration names its profile.
pub struct Any;

impl Server for Any {
    const NAME: &'static str = "server";

    fn plan(config: &str) -> Result<Plan, Vec<Problem>> {
        let mut fields = Fields::parse(config)?;
        let what = "the name of a profile, for example \"postfix\", or \"custom\"";
        let name: Option<String> = fields.required("profile", what);
        let name = match name {
            Some(name) => name,
            // What else is there cannot be judged without the profile.
            None => return Err(fields.problems()),
        };
        if name == "custom" {
            return custom::plan(fields);
        }
        match profiles::ALL.iter().find(|profile| profile.name == name) {
            Some(profile) => plan(profile, fields),
            None => Err(vec![unknown(&name)]),
        }
    }
}

fn unknown(name: &str) -> Problem {
    let known: Vec<&str> = profiles::ALL.iter().map(|profile: &&Profile| profile.name).collect();
    Problem {
        pointer: "/profile".to_string(),
        message: format!(
            "there is no profile `{name}`; write one of {}, custom",
            known.join(", ").to_owned()
        ),
    }
}

/// Makes a component of one profile, under the profile's own name. The crate itself is a library only: what a
/// component exports is fixed when it is linked.
#[macro_export]
macro_rules! component {
    ($name:literal, $profile:path) => {
        extern crate alloc;

        struct Named;

        impl lastmile_sdk::server::Server for Named {
            const NAME: &'static str = $name;

            fn plan(
                config: &str,
            ) -> Result<lastmile_sdk::server::Plan, alloc::vec::Vec<lastmile_sdk::Problem>> {
                $crate::plan(&$profile, lastmile_sdk::config::Fields::parse(config)?)
            }
        }

        lastmile_sdk::export!(Named);
    };
}
