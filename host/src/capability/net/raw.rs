//! Bytes over `tcp` and `tls`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::tls::{self, Guard};
use super::{NetError, clock};
use crate::capability::vault::Vault;
use crate::grant::{Endpoint, Scheme};

/// Read from the line at once; what the connector did not ask for yet waits here.
const CHUNK: usize = 16 * 1024;
/// Once secrets were sent, an answer counts as whole after this much silence.
const SETTLE: Duration = Duration::from_millis(25);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// An open line.
pub(super) struct Line {
    stream: Box<dyn Stream>,
    pinned: SocketAddr,
    /// Scrubbed bytes that the connector has not taken yet.
    waiting: Vec<u8>,
    sent_secrets: bool,
    cut: bool,
}

impl Line {
    /// Takes `stream` over, after its handshake where the endpoint is `tls`.
    pub(super) async fn open(
        endpoint: &Endpoint,
        pinned: SocketAddr,
        stream: TcpStream,
        guard: &Guard,
    ) -> Result<Self, NetError> {
        let stream: Box<dyn Stream> = match endpoint.scheme {
            Scheme::Tls | Scheme::Https => handshake(endpoint, stream, guard).await?,
            Scheme::Tcp | Scheme::Http => Box::new(stream),
        };
        Ok(Self { stream, pinned, waiting: Vec::new(), sent_secrets: false, cut: false })
    }

    pub(super) const fn pinned(&self) -> SocketAddr {
        self.pinned
    }

    pub(super) async fn send(
        &mut self,
        bytes: &[u8],
        sealed: bool,
        budget: Duration,
    ) -> Result<(), NetError> {
        self.usable()?;
        self.sent_secrets |= sealed;
        let sent = clock::within(budget, "while sending; the line was cut", async {
            self.stream.write_all(bytes).await.map_err(|error| broken("sending", &error))?;
            self.stream.flush().await.map_err(|error| broken("sending", &error))
        })
        .await;
        // Nobody knows how much of it arrived: another message behind it would be garbage.
        self.cut = sent.is_err();
        sent
    }

    pub(super) async fn receive(
        &mut self,
        at_most: usize,
        budget: Duration,
        vault: &Vault,
    ) -> Result<Vec<u8>, NetError> {
        if self.waiting.is_empty() {
            self.usable()?;
            let end = Instant::now() + budget;
            let mut bytes = clock::within(budget, "while waiting for bytes", self.read(CHUNK)).await?;
            if self.sent_secrets && !bytes.is_empty() {
                self.settle(&mut bytes).await;
                self.complete(&mut bytes, end, vault).await;
            }
            // More is read than was asked for, so that a secret is not handed out in slices too
            // thin to be recognised.
            self.waiting = vault.scrub(&bytes);
        }
        let rest = self.waiting.split_off(at_most.min(self.waiting.len()));
        Ok(std::mem::replace(&mut self.waiting, rest))
    }

    /// Safe to give up: either bytes come back, or none were taken from the line.
    async fn read(&mut self, at_most: usize) -> Result<Vec<u8>, NetError> {
        let mut bytes = vec![0; at_most];
        let got = self.stream.read(&mut bytes).await.map_err(|error| broken("receiving", &error))?;
        bytes.truncate(got);
        Ok(bytes)
    }

    /// Waits for the rest of an answer that may repeat a secret, as one read may end in its midst.
    async fn settle(&mut self, bytes: &mut Vec<u8>) {
        let end = Instant::now() + SETTLE * 10;
        while bytes.len() < CHUNK && Instant::now() < end {
            match tokio::time::timeout(SETTLE, self.read(CHUNK - bytes.len())).await {
                Ok(Ok(more)) if !more.is_empty() => bytes.extend(more),
                // Silence, the end or an error: the next call meets it again.
                _ => break,
            }
        }
    }

    /// Waits for the rest of a secret that the bytes end in. Where it does not come, its beginning is sealed too.
    async fn complete(&mut self, bytes: &mut Vec<u8>, end: Instant, vault: &Vault) {
        loop {
            let begun = vault.begun(bytes);
            if begun == 0 {
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, self.read(CHUNK)).await {
                Ok(Ok(more)) if !more.is_empty() => bytes.extend(more),
                _ => {
                    bytes.truncate(bytes.len() - begun);
                    bytes.extend_from_slice(b"[sealed]");
                    return;
                }
            }
        }
    }

    fn usable(&self) -> Result<(), NetError> {
        if self.cut {
            return Err(NetError::Unreachable("the line was cut by an earlier failure".to_owned()));
        }
        Ok(())
    }
}

/// A handshake for its certificates alone.
pub(super) async fn look(endpoint: &Endpoint, pinned: SocketAddr, guard: &Guard) -> Result<(), NetError> {
    let stream = TcpStream::connect(pinned)
        .await
        .map_err(|error| NetError::Unreachable(format!("`{endpoint}`: {pinned}: {error}")))?;
    let mut stream = handshake(endpoint, stream, guard).await?;
    // The certificates are known by now; a peer that does not say goodbye in turn changes nothing.
    let _ = stream.shutdown().await;
    Ok(())
}

async fn handshake(
    endpoint: &Endpoint,
    stream: TcpStream,
    guard: &Guard,
) -> Result<Box<dyn Stream>, NetError> {
    let connector = TlsConnector::from(Arc::new(guard.config(&[])?));
    let name = tls::server_name(&endpoint.host)?;
    match connector.connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(guard.take_refusal().map_or_else(
            || NetError::Unreachable(format!("`{endpoint}`: the TLS handshake failed: {error}")),
            |reason| NetError::Untrusted(format!("`{endpoint}`: {reason}")),
        )),
    }
}

fn broken(doing: &str, error: &io::Error) -> NetError {
    NetError::Unreachable(format!("the line broke while {doing}: {error}"))
}
