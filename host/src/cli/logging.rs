//! Log lines on standard error, filtered by `RUST_LOG`.
//!
//! A line about a deployment carries `tenant`, `target`, `plugin`, `message_id` and `attempt` as the fields
//! of its span. What a connector or a server said may stand in a line; it cannot begin a new one.

use std::io::{self, Write};

use clap::ValueEnum;
use tracing::Metadata;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterFn, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use lastmile::printable::is_crooked;

/// How log lines look.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging; `RUST_LOG` decides what is shown, `info` of lastmile by default.
pub(crate) fn start(format: Format) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,lastmile=info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    match format {
        Format::Text => {
            let text = builder.with_target(false).with_ansi(false).with_writer(Escaped(io::stderr));
            text.finish().with(discreet()).init();
        }
        Format::Json => {
            let json = builder.json().flatten_event(true).with_current_span(true).with_span_list(false);
            json.with_writer(io::stderr).finish().with(discreet()).init();
        }
    }
}

/// The signer of requests logs what it signs, private keys in the body included: no filter may ask it to.
fn discreet() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    filter_fn(|metadata| !metadata.target().starts_with("aws_sigv4"))
}

/// Escapes control characters in each line that is written; JSON does so by itself.
struct Escaped<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Escaped<M> {
    type Writer = EscapedWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        EscapedWriter(self.0.make_writer())
    }
}

struct EscapedWriter<W>(W);

impl<W: Write> Write for EscapedWriter<W> {
    /// tracing-subscriber writes each event at once, with the line's end.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let mut escaped = String::with_capacity(text.len());
        for c in line.chars() {
            if c == '\n' || is_crooked(c) { escaped.extend(c.escape_default()) } else { escaped.push(c) }
        }
        escaped.push('\n');
        self.0.write_all(escaped.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged, by this filter, while a request is signed.
    fn signing(filter: &str, discretion: bool) -> String {
        use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};

        let lines = Lines::default();
        let writer = {
            let lines = lines.clone();
            move || lines.clone()
        };
        let logged =
            tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_writer(writer).finish();
        let signed = || {
            let token = Some("session-token".to_owned());
            let keys = aws_credential_types::Credentials::new("id", "secret", token, None, "test").into();
            let params =
                aws_sigv4::sign::v4::SigningParams::builder().identity(&keys).region("r").name("acm");
            let params =
                params.time(std::time::UNIX_EPOCH).settings(SigningSettings::default()).build().unwrap();
            let body = SignableBody::Bytes(b"a private key");
            let request = SignableRequest::new("POST", "https://acm.example/", std::iter::empty(), body);
            tracing::warn!("signing");
            sign(request.unwrap(), &params.into()).unwrap();
        };
        if discretion {
            tracing::subscriber::with_default(logged.with(discreet()), signed);
        } else {
            tracing::subscriber::with_default(logged, signed);
        }
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn no_filter_makes_the_signer_talk() {
        assert!(signing("trace", false).contains("aws_sigv4"), "there is nothing to keep quiet any more");
        for filter in [
            "trace",
            "aws_sigv4=trace",
            "warn,aws_sigv4::http_request::sign=trace",
            "trace,aws_sigv4[]=trace",
            "",
        ] {
            let text = signing(filter, true);
            assert!(!text.contains("aws_sigv4") && !text.contains("calculated"), "{filter}: {text}");
            assert_eq!(
                text.contains("signing"),
                filter.contains("trace") && !filter.starts_with("aws"),
                "{filter}"
            );
        }
    }

    #[test]
    fn what_a_connector_said_stays_on_its_line() {
        let lines = Lines::default();
        let writer = {
            let lines = lines.clone();
            move || lines.clone()
        };
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(Escaped(writer)).finish();
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!("deployment", target = "a\nb", message_id = 7).entered();
            tracing::warn!("said\nINFO forged\r\u{1b}[2J\u{202e}");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("message_id=7") && text.contains("said\\nINFO forged\\r"), "{text}");
        assert!(!text.trim_end().chars().any(char::is_control) && !text.contains('\u{202e}'), "{text}");
    }
}
