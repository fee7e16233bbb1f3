//! Log lines on standard error, filtered by `RUST_LOG`.
//!
//! A line about a deployment carries `tenant`, `target`, `plugin`, `message_id` and `attempt` as the fields
//! of its span. What a connector or a server said may stand in a line; it cannot begin a new one.

use std::io::{self, Write};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

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
        Format::Text => builder.with_target(false).with_ansi(false).with_writer(Escaped(io::stderr)).init(),
        Format::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_writer(io::stderr)
            .init(),
    }
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
