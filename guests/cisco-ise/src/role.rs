//! What a node uses a certificate for.

use alloc::string::String;
use alloc::vec::Vec;

use lastmile_sdk::http::Node;
use serde::{Deserialize, Serialize};

/// One use. Each but `Portal` has one certificate on a node, so that whoever takes it takes it from another.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Admin,
    Eap,
    Radius,
    Pxgrid,
    Ims,
    Saml,
    Portal,
}

/// A certificate's uses, with the portals' tag.
#[derive(Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) id: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) tag: String,
}

/// Each with its member in requests, and with what else tells it among the uses that a list names for people.
const ALL: [(Role, &str, &str); 7] = [
    (Role::Admin, "admin", "admin"),
    (Role::Eap, "eap", "eap"),
    (Role::Radius, "radius", "radius"),
    (Role::Pxgrid, "pxgrid", "pxgrid"),
    (Role::Ims, "ims", "messaging"),
    (Role::Saml, "saml", "saml"),
    (Role::Portal, "portal", "portal"),
];

/// Those of `Admin, EAP Authentication, RADIUS DTLS`.
pub(crate) fn used_by(uses: &str) -> Vec<Role> {
    let uses = uses.to_lowercase();
    let named = |(_, member, word): &(Role, &str, &str)| uses.contains(member) || uses.contains(word);
    ALL.into_iter().filter(named).map(|(role, ..)| role).collect()
}

impl Holder {
    /// With these roles beside its own. Its tag is another target's where the portals are not among them.
    pub(crate) fn with(mut self, roles: &[Role], tag: &str) -> Self {
        if roles.contains(&Role::Portal) {
            self.tag = tag.into();
        }
        self.roles.extend(roles);
        self
    }
}

/// A request's body with these roles and no others, and with leave to take them from whoever has them.
pub(crate) fn assigned(body: Node, roles: &[Role], tag: &str) -> Node {
    let body = ALL.iter().fold(body, |body, (role, member, _)| body.with(member, roles.contains(role)));
    let body = match roles.contains(&Role::Portal) {
        true => body.with("portalGroupTag", tag),
        false => body,
    };
    [
        "allowReplacementOfPortalGroupTag",
        "allowPortalTagTransferForSameSubject",
        "allowRoleTransferForSameSubject",
    ]
    .iter()
    .fold(body, |body, leave| body.with(leave, true))
}
