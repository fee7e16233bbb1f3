//! `verify`: where the host looks at the certificate that is served.

use std::time::Duration;

use rustls_pki_types::ServerName;

use super::fault::Report;
use super::node::Node;
use crate::grant::Endpoint;
use crate::verify::{StartTls, Verify};

/// Where and how to look; none if that cannot be told.
pub(super) fn read(node: &Node<'_>, report: &mut Report<'_>) -> Option<Verify> {
    let name = server_name(node, report);
    let starttls = starttls(node, report);
    let endpoint = endpoint(node, report)?;
    Some(Verify {
        endpoint: format!("{}:{}", endpoint.url_host(), endpoint.port),
        named: name.is_some(),
        server_name: name.unwrap_or(endpoint.host),
        starttls,
        attempts: u32::try_from(node.count_of("attempts", 10)).unwrap_or(10),
        interval: Duration::from_millis(node.count_of("interval-ms", 50)),
    })
}

fn endpoint(node: &Node<'_>, report: &mut Report<'_>) -> Option<Endpoint> {
    let entry = node.get("endpoint")?;
    let text = entry.text()?;
    let (message, instead) = match text {
        text if text.contains("://") => ("it holds a scheme".to_owned(), "write the host and the port alone"),
        text if text.contains('@') => ("it holds a user".to_owned(), "write the host and the port alone"),
        // The grammar of a granted endpoint is the one for this too; only the scheme is not written.
        text => match format!("tcp://{text}").parse() {
            Ok(endpoint) => return Some(endpoint),
            Err(crate::grant::EndpointError::More(_)) => {
                ("it holds more than a host and a port".to_owned(), "write the host and the port alone")
            }
            Err(error) => (error.to_string(), "write for example \"127.0.0.1:443\" or \"[::1]:443\""),
        },
    };
    report.add(&entry.at(), &entry.path, message, instead);
    None
}

fn server_name(node: &Node<'_>, report: &mut Report<'_>) -> Option<String> {
    let entry = node.get("server-name")?;
    let text = entry.text()?;
    if ServerName::try_from(text).is_err() {
        let instead = "write a name as it stands in the certificate, for example \"shop.example.test\"";
        report.add(&entry.at(), &entry.path, "it is no server's name", instead);
    }
    Some(text.to_owned())
}

fn starttls(node: &Node<'_>, report: &mut Report<'_>) -> StartTls {
    let Some(entry) = node.get("starttls") else { return StartTls::None };
    let Some(text) = entry.text() else { return StartTls::None };
    text.parse().unwrap_or_else(|error: crate::verify::StartTlsError| {
        report.add(&entry.at(), &entry.path, error.to_string(), "write for example \"smtp\"");
        StartTls::None
    })
}
