//! Bytes of a `tcp` or `tls` connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::NetError;
use crate::grant::Endpoint;

trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

pub(super) struct Stream(Box<dyn Bytes>);

impl Stream {
    pub(super) async fn open(
        endpoint: &Endpoint,
        address: SocketAddr,
        tls: Option<ClientConfig>,
        left: Duration,
    ) -> Result<Self, NetError> {
        let tcp = limited(left, TcpStream::connect(address)).await?;
        let Some(tls) = tls else { return Ok(Self(Box::new(tcp))) };
        let host = endpoint.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host)
            .map_err(|_| NetError::Invalid(format!("{} is no server's name", endpoint.host)))?;
        let tls = limited(left, TlsConnector::from(Arc::new(tls)).connect(name, tcp)).await?;
        Ok(Self(Box::new(tls)))
    }

    pub(super) async fn send(&mut self, bytes: &[u8], left: Duration) -> Result<(), NetError> {
        limited(left, async {
            self.0.write_all(bytes).await?;
            self.0.flush().await
        })
        .await
    }

    pub(super) async fn receive(&mut self, at_most: usize, left: Duration) -> Result<Vec<u8>, NetError> {
        let mut buffer = vec![0; at_most.min(64 << 10)];
        let count = limited(left, self.0.read(&mut buffer)).await?;
        buffer.truncate(count);
        Ok(buffer)
    }
}

async fn limited<T>(left: Duration, io: impl Future<Output = std::io::Result<T>>) -> Result<T, NetError> {
    timeout(left, io)
        .await
        .map_err(|_| NetError::Unreachable(format!("no answer in {left:?}")))?
        .map_err(|error| NetError::Unreachable(error.to_string()))
}
