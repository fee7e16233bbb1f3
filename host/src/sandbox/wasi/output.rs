//! What a guest printed, gathered: toolchains write a line in pieces, and a log line is to hold a whole one.

/// A line is not waited for beyond this.
const GATHERED: usize = 8 << 10;

/// What one stream holds back.
#[derive(Default)]
struct Pending(Vec<u8>);

/// Both streams of one call.
#[derive(Default)]
pub(in super::super) struct Output {
    stdout: Pending,
    stderr: Pending,
}

impl Output {
    /// Takes what was written; gives what is to be logged now.
    pub(in super::super) fn take(&mut self, stream: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        let pending = if stream == "stderr" { &mut self.stderr } else { &mut self.stdout };
        pending.0.extend_from_slice(bytes);
        let whole = pending.0.ends_with(b"\n") || pending.0.len() >= GATHERED;
        whole.then(|| pending.end()).flatten()
    }

    /// What is left when the call is over.
    pub(in super::super) fn rest(&mut self) -> [(&'static str, Option<Vec<u8>>); 2] {
        [("stdout", self.stdout.end()), ("stderr", self.stderr.end())]
    }
}

impl Pending {
    fn end(&mut self) -> Option<Vec<u8>> {
        let mut bytes = std::mem::take(&mut self.0);
        if bytes.ends_with(b"\n") {
            bytes.pop();
        }
        (!bytes.is_empty()).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{GATHERED, Output};

    #[test]
    fn pieces_of_a_line_are_one_line() {
        let mut output = Output::default();
        assert_eq!(output.take("stdout", b"one"), None);
        assert_eq!(output.take("stderr", b"other\n").as_deref(), Some(b"other".as_slice()));
        assert_eq!(output.take("stdout", b" line\n").as_deref(), Some(b"one line".as_slice()));
        assert_eq!(output.take("stdout", b"\n"), None);
        assert_eq!(output.take("stdout", b"no end"), None);
        assert_eq!(output.rest(), [("stdout", Some(b"no end".to_vec())), ("stderr", None)]);
    }

    #[test]
    fn an_endless_line_is_not_waited_for() {
        let mut output = Output::default();
        assert_eq!(output.take("stdout", &vec![b'x'; GATHERED - 1]), None);
        assert_eq!(output.take("stdout", b"x").map(|bytes| bytes.len()), Some(GATHERED));
        assert_eq!(output.rest(), [("stdout", None), ("stderr", None)]);
    }
}
