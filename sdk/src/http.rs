//! The shape of a target that takes its certificate over an HTTP API: ask, compare, change, read back.
//!
//! ```
//! # extern crate alloc;
//! use lastmile_sdk::config::Fields;
//! use lastmile_sdk::http::{Api, Call, Target, Value, key, object};
//! use lastmile_sdk::{Connection, Connector, Deployment, Failure, Problem, Receipt, certificate, document};
//!
//! struct Example {
//!     endpoint: String,
//! }
//!
//! impl Target for Example {
//!     const NAME: &'static str = "example";
//!
//!     fn parse(config: &str) -> Result<Self, Vec<Problem>> {
//!         let mut fields = Fields::parse(config)?;
//!         let endpoint = fields.endpoint("host", "port", 443);
//!         fields.finish()?;
//!         Ok(Self { endpoint: endpoint.unwrap_or_default() })
//!     }
//!
//!     fn endpoint(&self) -> &str {
//!         &self.endpoint
//!     }
//!
//!     fn bring<C: Connection>(&self, api: &mut Api<C>, deployment: &Deployment) -> Result<Receipt, Failure> {
//!         api.bring(|api| look(api, deployment), |api| put(api, deployment))?;
//!         Ok(api.receipt("site", "the API holds it"))
//!     }
//! }
//!
//! /// Whether it holds the certificate already.
//! fn look<C: Connection>(api: &mut Api<C>, deployment: &Deployment) -> Result<Option<()>, Failure> {
//!     let Some(answer) = api.find(Call::get("/certificates/site"))? else { return Ok(None) };
//!     let held: Value = answer.json()?;
//!     let pem = held["certificate"].as_str().unwrap_or_default();
//!     Ok(certificate::same_leaf(pem, &deployment.certificate).then_some(()))
//! }
//!
//! fn put<C: Connection>(api: &mut Api<C>, deployment: &Deployment) -> Result<(), Failure> {
//!     let chain = document::full_chain(&deployment.certificate);
//!     let body = object! { "certificate": chain, "key": key() };
//!     api.call(Call::put("/certificates/site").json(body).changes("put the certificate")).map(drop)
//! }
//!
//! lastmile_sdk::http_connector!(Example);
//!
//! use lastmile_sdk::testing::{Double, specimens};
//! let config = r#"{ "host": "it.example" }"#;
//! let mut sandbox = Double::granting(Example::capabilities(config).unwrap());
//! sandbox.on("GET /certificates/site", 404, "");
//! sandbox.on("PUT /certificates/site", 201, "");
//! let held = format!(r#"{{"certificate":"{}"}}"#, document::json(specimens::P256));
//! sandbox.on("GET /certificates/site", 200, &held);
//! assert!(Example::deploy(&mut sandbox, &specimens::deployment(config)).unwrap().changed);
//! assert!(!Example::deploy(&mut sandbox, &specimens::deployment(config)).unwrap().changed);
//! assert_eq!(sandbox.changes(&[]), ["PUT /certificates/site"], "once in two runs");
//! ```
//!
//! # What holds for every call
//!
//! | | reads | [changes](Call::changes) |
//! |---|---|---|
//! | the line is cut, 5xx, a page of HTML with 200, an answer that cannot be read | `unavailable` | `uncertain`: nobody knows whether it was done |
//! | 429, or 503 with `Retry-After` | waited for and sent again, a few times, then `unavailable` | likewise: the target said that it did nothing |
//! | 401, 403 | `denied` | `denied` |
//! | 404, 409, 412 | for the connector to decide: [`Api::find`], [`Api::attempt`]; otherwise `rejected` | likewise |
//! | any other 3xx and 4xx | `rejected` | `rejected` |
//!
//! A vendor whose codes say more than the status gives a function that [judges](verdict) an answer by tables.
//!
//! # Where to find what
//!
//! | for | |
//! |---|---|
//! | a whole connector | [`Target`] and [`http_connector!`](crate::http_connector); [`Connector`](crate::Connector) itself for more than one endpoint |
//! | the API of one target | [`Api`]: headers for every call, waiting, what was changed |
//! | one request | [`Call`]; its bodies are [`Node`] (JSON), [`Form`], [`Multipart`] and [`Element`] (XML) |
//! | a secret in a request | [`key`], [`secret`], [`pkcs12`]: [`Content`] that each body escapes in its own way |
//! | what came back | [`Answer`]: JSON, XML, text, headers, cookies |
//! | a target with a login | [`Api::with_session`]: always logged out, logged in again once |
//! | a job that takes its time | [`Api::poll`] |
//! | "read, compare, write, read back" | [`Api::bring`] |
//! | the way back | [`Api::note`] and [`parse_notes`] |
//! | names of what is put there | [`certificate::Versions`](crate::certificate::Versions) |

mod answer;
mod api;
mod bring;
mod call;
mod content;
pub mod escape;
mod form;
mod multipart;
mod node;
mod notes;
mod pages;
mod patience;
mod poll;
mod session;
pub mod target;
#[cfg(test)]
mod tests;
pub mod verdict;
mod writer;
pub mod xml;

pub use crate::object;
pub use answer::Answer;
pub use api::{Api, Attempt};
pub use call::Call;
pub use content::{Content, key, pkcs12, secret, traditional_key};
pub use form::Form;
pub use multipart::Multipart;
pub use node::{Node, Value};
pub use notes::parse_notes;
pub use patience::Patience;
pub use target::Target;
pub use verdict::{Judged, Verdict};
pub use xml::Element;
