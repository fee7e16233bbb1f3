//! What is said in the clear before TLS begins, in seven protocols.
//!
//! Answers are read byte by byte or by their stated length: whatever follows belongs to the handshake.

use std::io::{self, ErrorKind};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::StartTls;

/// Longer lines and packets come from something else.
const LONGEST: usize = 4096;
/// A greeting may have several lines, but not endlessly many.
const MOST_LINES: usize = 64;

/// `LDAPMessage` 1 with the `ExtendedRequest` 1.3.6.1.4.1.1466.20037.
const LDAP_REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// Length 8, code 80877103.
const POSTGRES_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];
/// The bit `CLIENT_SSL` among MySQL's capabilities.
const MYSQL_SSL: u16 = 0x0800;

/// Brings the line to where the TLS handshake starts.
pub(super) async fn begin<S>(protocol: StartTls, stream: &mut S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match protocol {
        StartTls::None => Ok(()),
        StartTls::Smtp => smtp(stream).await,
        StartTls::Imap => imap(stream).await,
        StartTls::Pop3 => pop3(stream).await,
        StartTls::Ftp => ftp(stream).await,
        StartTls::Ldap => ldap(stream).await,
        StartTls::Postgres => postgres(stream).await,
        StartTls::Mysql => mysql(stream).await,
    }
}

async fn smtp<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    smtp_reply(stream, "220").await?;
    stream.write_all(b"EHLO lastmile.invalid\r\n").await?;
    let extensions = smtp_reply(stream, "250").await?;
    let offered =
        |line: &String| line.get(4..).is_some_and(|word| word.trim_end().eq_ignore_ascii_case("STARTTLS"));
    if !extensions.iter().any(offered) {
        return Err(refused("the SMTP server does not offer STARTTLS"));
    }
    stream.write_all(b"STARTTLS\r\n").await?;
    smtp_reply(stream, "220").await.map(drop)
}

/// All lines of one reply; `250-` goes on, `250 ` ends.
async fn smtp_reply<S: AsyncRead + Unpin>(stream: &mut S, code: &str) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    while lines.len() < MOST_LINES {
        let line = read_line(stream).await?;
        if !line.starts_with(code) {
            return Err(unexpected(&line));
        }
        let more = line.as_bytes().get(3) == Some(&b'-');
        lines.push(line);
        if !more {
            return Ok(lines);
        }
    }
    Err(refused("the SMTP reply does not end"))
}

async fn imap<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    let greeting = read_line(stream).await?;
    if !greeting.starts_with("* OK") {
        return Err(unexpected(&greeting));
    }
    stream.write_all(b"a1 STARTTLS\r\n").await?;
    for _ in 0..MOST_LINES {
        let line = read_line(stream).await?;
        match line.strip_prefix("a1 ") {
            Some(status) if status.starts_with("OK") => return Ok(()),
            None if line.starts_with("* ") => {}
            _ => return Err(unexpected(&line)),
        }
    }
    Err(refused("the IMAP server does not answer STARTTLS"))
}

async fn pop3<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    for request in [None, Some(b"STLS\r\n")] {
        if let Some(request) = request {
            stream.write_all(request).await?;
        }
        let line = read_line(stream).await?;
        if !line.starts_with("+OK") {
            return Err(unexpected(&line));
        }
    }
    Ok(())
}

async fn ftp<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    ftp_reply(stream, "220").await?;
    stream.write_all(b"AUTH TLS\r\n").await?;
    ftp_reply(stream, "234").await
}

/// One reply; where its first line is `220-`, it ends with `220 ` and holds whatever it likes between.
async fn ftp_reply<S: AsyncRead + Unpin>(stream: &mut S, code: &str) -> io::Result<()> {
    let first = read_line(stream).await?;
    let Some(rest) = first.strip_prefix(code) else { return Err(unexpected(&first)) };
    if !rest.starts_with('-') {
        return Ok(());
    }
    for _ in 0..MOST_LINES {
        if read_line(stream).await?.strip_prefix(code).is_some_and(|rest| rest.starts_with(' ')) {
            return Ok(());
        }
    }
    Err(refused("the FTP reply does not end"))
}

async fn ldap<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    stream.write_all(LDAP_REQUEST).await?;
    let (tag, message) = read_ber(stream).await?;
    let mut rest = message.as_slice();
    // An ExtendedResponse is [APPLICATION 24]; its first element is the result code.
    let (_, _id) = take_ber(&mut rest).ok_or_else(not_ldap)?;
    let (operation, response) = take_ber(&mut rest).ok_or_else(not_ldap)?;
    let mut rest = response;
    let (_, code) = take_ber(&mut rest).ok_or_else(not_ldap)?;
    match (tag, operation, code) {
        (0x30, 0x78, [0]) => Ok(()),
        (0x30, 0x78, code) => {
            Err(refused(&format!("the LDAP server refuses StartTLS with result code {code:?}")))
        }
        _ => Err(not_ldap()),
    }
}

/// One BER element from the line. Some servers write every length in the long form.
async fn read_ber<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<(u8, Vec<u8>)> {
    let tag = stream.read_u8().await?;
    let mut length = usize::from(stream.read_u8().await?);
    if length >= 0x80 {
        let octets = length & 0x7f;
        length = 0;
        for _ in 0..octets {
            length = (length << 8) | usize::from(stream.read_u8().await?);
            if length > LONGEST {
                return Err(not_ldap());
            }
        }
    }
    let mut content = vec![0; length];
    stream.read_exact(&mut content).await?;
    Ok((tag, content))
}

/// One BER element from the front of `bytes`.
fn take_ber<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if length >= 0x80 {
        let (octets, after) = rest.split_at_checked(length & 0x7f)?;
        length = octets.iter().try_fold(0_usize, |length, &octet| {
            (length <= LONGEST).then_some((length << 8) | usize::from(octet))
        })?;
        rest = after;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some((tag, content))
}

fn not_ldap() -> io::Error {
    refused("the answer is no LDAP message")
}

async fn postgres<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    stream.write_all(&POSTGRES_REQUEST).await?;
    match stream.read_u8().await? {
        b'S' => Ok(()),
        b'N' => Err(refused("the PostgreSQL server has TLS switched off")),
        other => Err(refused(&format!("the PostgreSQL server answered byte {other:#04x}"))),
    }
}

async fn mysql<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await?;
    let [low, middle, high, _sequence] = header;
    let length = usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16;
    if length > LONGEST {
        return Err(refused("the greeting is no MySQL packet"));
    }
    let mut greeting = vec![0; length];
    stream.read_exact(&mut greeting).await?;
    let capabilities = mysql_capabilities(&greeting)
        .ok_or_else(|| refused("the greeting is no MySQL handshake of version 10; the server may be full or may have blocked this host"))?;
    if capabilities & MYSQL_SSL == 0 {
        return Err(refused("the MySQL server has TLS switched off"));
    }
    // 32 bytes as packet 1: CLIENT_SSL, CLIENT_PROTOCOL_41 and CLIENT_SECURE_CONNECTION, packets of 16 MiB,
    // the character set utf8mb4, and 23 zeros.
    let mut request = [0_u8; 36];
    let head = [32, 0, 0, 1, 0x00, 0x8a, 0, 0, 0, 0, 0, 1, 45];
    for (slot, byte) in request.iter_mut().zip(head) {
        *slot = byte;
    }
    stream.write_all(&request).await
}

/// The lower half of the capabilities: behind the version, a text that ends in NUL, 4 bytes of connection
/// number, 8 of challenge and a filler.
fn mysql_capabilities(greeting: &[u8]) -> Option<u16> {
    let rest = greeting.strip_prefix(&[10])?;
    let end = rest.iter().position(|&byte| byte == 0)?;
    let bytes = rest.get(end + 1 + 13..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*bytes))
}

async fn read_line<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<String> {
    let mut line = Vec::new();
    while line.len() < LONGEST {
        match stream.read_u8().await? {
            b'\n' => {
                let text = String::from_utf8_lossy(&line);
                return Ok(text.trim_end_matches('\r').to_owned());
            }
            byte => line.push(byte),
        }
    }
    Err(refused("a line of the answer does not end"))
}

fn unexpected(line: &str) -> io::Error {
    let shown: String = line.chars().take(200).collect();
    refused(&format!("the server answered {shown:?}"))
}

fn refused(text: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, text.to_owned())
}
