//! What a node uses a certificate for.

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

impl Role {
    const ALL: [Self; 7] =
        [Self::Admin, Self::Eap, Self::Radius, Self::Pxgrid, Self::Ims, Self::Saml, Self::Portal];

    /// Its member in requests, and what tells it among the uses that a list names for people.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Admin => ("admin", "admin"),
            Self::Eap => ("eap", "eap"),
            Self::Radius => ("radius", "radius"),
            Self::Pxgrid => ("pxgrid", "pxgrid"),
            Self::Ims => ("ims", "messaging"),
            Self::Saml => ("saml", "saml"),
            Self::Portal => ("portal", "portal"),
        }
    }

    /// Those of `Admin, EAP Authentication, RADIUS DTLS`.
    pub(crate) fn used_by(uses: &str) -> impl Iterator<Item = Self> {
        let uses = uses.to_lowercase();
        Self::ALL.into_iter().filter(move |role| uses.contains(role.names().1))
    }
}

/// A request's body with these roles and no others, and with leave to take them from whoever has them.
pub(crate) fn assigned(body: Node, roles: &[Role], tag: &str) -> Node {
    let body = Role::ALL.iter().fold(body, |body, role| body.with(role.names().0, roles.contains(role)));
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
