//! `credentials = "environment"`: the variables that AWS's own tools read.

use zeroize::Zeroizing;

use super::super::caller::Caller;
use super::{Keys, required};
use crate::capability::net::NetError;

pub(super) fn keys(caller: &Caller<'_>) -> Result<Keys, NetError> {
    Ok(Keys {
        access_key_id: required(caller, "AWS_ACCESS_KEY_ID").map(Zeroizing::new)?,
        secret_access_key: required(caller, "AWS_SECRET_ACCESS_KEY").map(Zeroizing::new)?,
        session_token: (caller.variable)("AWS_SESSION_TOKEN").map(Zeroizing::new),
    })
}
