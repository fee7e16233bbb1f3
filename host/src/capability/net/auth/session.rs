//! The credentials of one deployment: fetched when they are first needed, renewed before they end, and once
//! more where the target says that they are none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::caller::Caller;
use super::tokens::{Issued, Tokens};
use super::{Auth, Credentials, aws, azure, fixed, gcp, gcp_metadata, kubeconfig, kubernetes, oauth2};
use crate::capability::net::NetError;
use crate::capability::vault::Vault;

/// How often a deployment asks for other credentials because a target refused those that it had.
const RENEWALS: u8 = 3;

/// What one deployment knows of its credentials.
pub(in crate::capability::net) struct Session {
    auth: Auth,
    tokens: Tokens,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    renewals: u8,
    /// A refusal is asked for once: issuers lock accounts that insist.
    refused: Option<NetError>,
}

impl Session {
    pub(in crate::capability::net) fn new(auth: Auth, tokens: Tokens) -> Self {
        Self { auth, tokens, state: Mutex::default() }
    }

    /// The credentials for a request that leaves now.
    pub(in crate::capability::net) async fn credentials(
        &self,
        vault: &Vault,
        budget: Duration,
    ) -> Result<Arc<Credentials>, NetError> {
        let now = SystemTime::now();
        let held = self.tokens.held().filter(|held| held.is_valid(now));
        if let Some(held) = held.as_ref().filter(|held| held.is_fresh(now)) {
            held.credentials.teach(vault);
            return Ok(Arc::clone(&held.credentials));
        }
        if let Some(refused) = self.state().refused.clone() {
            return Err(refused);
        }
        let credentials = match (self.issue(vault, budget, now).await, held) {
            (Ok(issued), _) => self.tokens.keep(issued, now),
            // It has not ended yet, and its issuer may be back before it does.
            (Err(NetError::Unreachable(_)), Some(held)) => held.credentials,
            (Err(error), _) => {
                if matches!(error, NetError::Denied(_)) {
                    self.state().refused = Some(error.clone());
                }
                return Err(error);
            }
        };
        credentials.teach(vault);
        Ok(credentials)
    }

    /// Other credentials than those that the target just refused, if there are any.
    pub(in crate::capability::net) async fn renewed(
        &self,
        used: &Arc<Credentials>,
        vault: &Vault,
        budget: Duration,
    ) -> Result<Option<Arc<Credentials>>, NetError> {
        if self.auth == Auth::None || self.state().renewals >= RENEWALS {
            return Ok(None);
        }
        self.state().renewals += 1;
        self.tokens.forget(used);
        let other = self.credentials(vault, budget).await?;
        Ok((*other != **used).then_some(other))
    }

    async fn issue(&self, vault: &Vault, budget: Duration, now: SystemTime) -> Result<Issued, NetError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let caller = Caller { vault, budget, now, variable: &variable };
        Ok(Issued::at_hand(match &self.auth {
            Auth::None => Credentials::None,
            Auth::Basic { username, password } => fixed::basic(username, password, vault)?,
            Auth::Bearer { token } => fixed::bearer(token, vault)?,
            Auth::Header { name, value } => fixed::header(name, value, vault)?,
            Auth::KubernetesToken { file } => kubernetes::token(file)?,
            Auth::Kubeconfig { kubeconfig } => kubeconfig::read(vault, kubeconfig)?.credentials()?,
            Auth::AwsSigv4(signing) => return aws::keys(signing, &caller).await,
            Auth::ClientCredentials(client) => return oauth2::token(client, &caller).await,
            Auth::ManagedIdentity(identity) => return azure::token(identity, &caller).await,
            Auth::ServiceAccount(account) => return gcp::token(account, &caller).await,
            Auth::GcpMetadata(account) => return gcp_metadata::token(account, &caller).await,
        }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
