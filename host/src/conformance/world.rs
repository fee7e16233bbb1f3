//! What scripted doors open to, and what went through them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::transcript::Script;
use crate::capability::document::{Document, Part};
use crate::capability::net::Notes;
use crate::grant::Grant;
use crate::sandbox::{Cancel, GuestDeployment};

/// One world, shared by the doors of the deployments that happen in it.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(super) fn new(declared: &Grant, deployment: &GuestDeployment) -> Self {
        Self(Arc::new(Mutex::new(World {
            declared: declared.clone(),
            deployment: deployment.clone(),
            files: BTreeMap::new(),
            endpoints: Vec::new(),
            script: None,
            calls: Vec::new(),
            changed: false,
            beyond: Vec::new(),
            exposed: Vec::new(),
            sealed: BTreeSet::new(),
            differences: Vec::new(),
            unanswered: false,
            notes: Notes::default(),
            going_back: false,
            cut: None,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is there and what happened.
pub(super) struct World {
    pub(super) declared: Grant,
    pub(super) deployment: GuestDeployment,
    /// Content, sealed parts by name, with the mode.
    pub(super) files: BTreeMap<String, (String, u32)>,
    /// What was dialled; a connection's number is its place here.
    pub(super) endpoints: Vec<crate::grant::Endpoint>,
    /// What is still to be asked; without a transcript nothing is answered.
    pub(super) script: Option<Script>,
    /// Every call since the deployment began, as text.
    pub(super) calls: Vec<String>,
    /// Whether a file was written since the deployment began.
    pub(super) changed: bool,
    /// What was asked for and not declared.
    pub(super) beyond: Vec<String>,
    /// Sealed parts in places where the real doors refuse them.
    pub(super) exposed: Vec<String>,
    /// Every sealed part, with its place.
    pub(super) sealed: BTreeSet<String>,
    /// Where the run is not as the transcript says.
    pub(super) differences: Vec<String>,
    /// Whether a request had no answer for want of a transcript.
    pub(super) unanswered: bool,
    /// What was noted for a rollback since the deployment began.
    pub(super) notes: Notes,
    /// Whether it is a rollback: only the network is open.
    pub(super) going_back: bool,
    /// The call, from 0, at which the deployment is cut.
    pub(super) cut: Option<(usize, Cancel)>,
}

impl World {
    /// A new deployment begins.
    pub(super) fn begin(&mut self, script: Option<Script>, cut: Option<(usize, Cancel)>) {
        self.calls.clear();
        self.endpoints.clear();
        self.beyond.clear();
        self.differences.clear();
        self.notes = Notes::default();
        self.going_back = false;
        (self.changed, self.unanswered, self.script, self.cut) = (false, false, script, cut);
    }

    /// A rollback begins: it keeps what the deployment left behind.
    pub(super) fn begin_back(&mut self, script: Option<Script>) {
        self.begin(script, None);
        self.going_back = true;
    }

    /// Notes a call; true if it is the one at which the deployment is cut.
    pub(super) fn note(&mut self, call: String) -> bool {
        let cut = self.cut.as_ref().filter(|(at, _)| *at == self.calls.len());
        let is_cut = cut.map(|(_, cancel)| cancel.cancel()).is_some();
        self.calls.push(call);
        is_cut
    }

    /// Notes the sealed parts of a document that goes to `place`.
    pub(super) fn seal(&mut self, content: &Document, place: &str, exposed: bool) {
        for part in content {
            if let Part::Sealed { secret, .. } = part {
                self.sealed.insert(format!("{secret} in {place}"));
                if exposed {
                    self.exposed.push(format!("{secret} in {place}"));
                }
            }
        }
    }
}

/// The document as text; a sealed part is its name between guillemets.
pub(super) fn render(content: &Document) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Part::Sealed { secret, .. } => format!("«{secret}»"),
        Part::BodyLength(plus) => format!("«body length {plus:+}»"),
    };
    content.iter().map(part).collect()
}
