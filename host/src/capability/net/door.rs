//! The door: looks an endpoint up, decides where it leads and opens the line.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, lookup_host};
use tokio::runtime::Handle;

use super::auth::{Auth, Session, kubeconfig};
use super::connection::{Connection, Line};
use super::tls::{Guard, Terms};
use super::{NetError, NetSettings, address, clock, http, identity, raw};
use crate::capability::vault::Vault;
use crate::grant::{Endpoint, Scheme};

/// The endpoints of one deployment. Nothing else can be dialled.
pub struct NetDoor {
    declared: Vec<Endpoint>,
    settings: NetSettings,
    session: Arc<Session>,
    runtime: Handle,
}

impl NetDoor {
    /// A door for exactly `declared`. `runtime` must have worker threads, and none of them may call the door.
    #[must_use]
    pub fn new(declared: Vec<Endpoint>, settings: NetSettings, runtime: Handle) -> Self {
        let session = Arc::new(Session::new(settings.auth.clone(), settings.tokens.clone()));
        Self { declared, settings, session, runtime }
    }

    /// A connection to one of the endpoints, pinned to one address for its whole life.
    ///
    /// `tcp` and `tls` are connected when this returns. HTTP connects with the first request, or with the
    /// first look at the peer's certificates.
    ///
    /// # Errors
    ///
    /// [`NetError::Denied`] for anything not declared and for addresses that nobody may reach,
    /// [`NetError::Unreachable`], and for `tls` [`NetError::Untrusted`].
    pub fn dial(&self, endpoint: &str, vault: &Vault, deadline: Instant) -> Result<Connection, NetError> {
        let endpoint = self.declared(endpoint)?;
        let budget = clock::budget(deadline, &[self.settings.connect_timeout])?;
        let guard = self.guard(endpoint, vault)?;
        let line = self.runtime.block_on(clock::within(budget, "while connecting", async {
            let addresses = resolve(endpoint).await?;
            match endpoint.scheme {
                Scheme::Https | Scheme::Http => {
                    let pinned = pin(endpoint, &addresses, budget).await?;
                    http::Line::new(endpoint, pinned, &guard, self.settings.connect_timeout)
                        .map(|line| Line::Http(Box::new(line)))
                }
                Scheme::Tls | Scheme::Tcp => {
                    let (stream, pinned) = connect(endpoint, &addresses, budget).await?;
                    raw::Line::open(endpoint, pinned, stream, &guard).await.map(Line::Raw)
                }
            }
        }))?;
        let (settings, session) = (self.settings.clone(), Arc::clone(&self.session));
        Ok(Connection::new(endpoint.clone(), line, guard, settings, session, self.runtime.clone()))
    }

    /// Whom the endpoint must prove to be, and who the host is to it.
    fn guard(&self, endpoint: &Endpoint, vault: &Vault) -> Result<Guard, NetError> {
        let NetSettings { trust, rotation, client, auth, .. } = &self.settings;
        let mut terms =
            Terms { rotation: rotation.clone().map(|r| (r, endpoint.to_string())), ..Terms::default() };
        if let Auth::Kubeconfig { kubeconfig } = auth {
            let cluster = kubeconfig::read(vault, kubeconfig)?;
            cluster.serves(endpoint)?;
            if let Some((certificate, key)) = &cluster.identity {
                terms.identity = Some(identity::pair(certificate, key, "the target's kubeconfig")?);
            }
            terms.roots = cluster.roots;
        }
        if let Some(client) = client {
            terms.identity = Some(client.read(vault)?);
        }
        Guard::new(trust, terms)
    }

    fn declared(&self, endpoint: &str) -> Result<&Endpoint, NetError> {
        let wanted: Endpoint = endpoint
            .parse()
            .map_err(|error| NetError::Denied(format!("{endpoint:?} is no endpoint: {error}")))?;
        self.declared.iter().find(|declared| declared.covers(&wanted)).ok_or_else(|| {
            NetError::Denied(format!(
                "`{wanted}` is not among the endpoints that the connector declared for this target"
            ))
        })
    }
}

/// Every address behind the endpoint, once all of them are found acceptable.
pub(super) async fn resolve(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, NetError> {
    let addresses: Vec<SocketAddr> = match endpoint.host.parse::<IpAddr>() {
        Ok(literal) => vec![SocketAddr::new(literal, endpoint.port)],
        Err(_) => lookup_host((endpoint.host.as_str(), endpoint.port))
            .await
            .map_err(|error| {
                NetError::Unreachable(format!("`{}` cannot be resolved: {error}", endpoint.host))
            })?
            .collect(),
    };
    if addresses.is_empty() {
        return Err(NetError::Unreachable(format!("`{}` has no address", endpoint.host)));
    }
    let bare: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
    address::judge(endpoint, &bare)?;
    Ok(addresses)
}

/// The address for HTTP. A single one is taken as it is; of several, the first that accepts a connection.
pub(super) async fn pin(
    endpoint: &Endpoint,
    addresses: &[SocketAddr],
    budget: Duration,
) -> Result<SocketAddr, NetError> {
    if let [only] = addresses {
        return Ok(*only);
    }
    connect(endpoint, addresses, budget).await.map(|(_, pinned)| pinned)
}

async fn connect(
    endpoint: &Endpoint,
    addresses: &[SocketAddr],
    budget: Duration,
) -> Result<(TcpStream, SocketAddr), NetError> {
    // Each address gets its share, so that a silent first one does not use up all the time.
    let share = budget / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let mut reasons = Vec::new();
    for &address in addresses {
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Small messages in turns: waiting for more to send would only delay each of them.
                let _ = stream.set_nodelay(true);
                return Ok((stream, address));
            }
            Ok(Err(error)) => reasons.push(format!("{address}: {error}")),
            Err(_) => reasons.push(format!("{address}: no answer within {} ms", share.as_millis())),
        }
    }
    Err(NetError::Unreachable(format!("`{endpoint}`: {}", reasons.join("; "))))
}
