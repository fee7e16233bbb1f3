//! One child process within its bounds: time, output, environment, descriptors, process group.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use super::{ExecError, ExecSettings, Output, Status};
use crate::capability::fs::owner::lookup;

/// How often an abort is looked for while a program runs.
const GLANCE: Duration = Duration::from_millis(50);

/// Readings of what a pipe still holds at the end; it holds 1 MiB at most. Beyond that it is still being written to,
/// by a program that left the group.
const LEFTOVER: usize = 128;
/// What one reading takes.
const READING: usize = 8192;

pub(super) fn run(
    argv: &[String],
    stdin: &[u8],
    settings: &ExecSettings,
    deadline: Instant,
    aborted: &dyn Fn() -> bool,
) -> Result<Output, ExecError> {
    let (program, arguments) =
        argv.split_first().ok_or_else(|| ExecError::Invalid("an empty command line".to_owned()))?;
    if !program.starts_with('/') || argv.iter().any(|argument| argument.contains('\0')) {
        return Err(ExecError::Invalid(format!("{argv:?}: an absolute program, and no NUL")));
    }
    let child = start(program, arguments, settings, !stdin.is_empty())?;
    let failed = |error: std::io::Error| ExecError::Failed(format!("{program}: {error}"));
    let mut streams = Streams::of(child, stdin, settings.output_limit).map_err(failed)?;
    let in_time = streams.attend(deadline, aborted).map_err(failed)?;
    let status = streams.end().map_err(failed)?;
    Ok(Output {
        status: if in_time { ended(status) } else { Status::TimedOut },
        stdout: streams.stdout.tail.into(),
        stderr: streams.stderr.tail.into(),
    })
}

fn start(
    program: &str,
    arguments: &[String],
    settings: &ExecSettings,
    with_input: bool,
) -> Result<Child, ExecError> {
    inherit_nothing();
    let mut command = std::process::Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(&settings.environment)
        .current_dir("/")
        .stdin(if with_input { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    if let Some(user) = &settings.run_as {
        let entry = lookup("/etc/passwd", user)
            .ok_or_else(|| ExecError::Failed(format!("run-as: this machine has no user `{user}`")))?;
        // std drops the supplementary groups as well where the user changes.
        command.uid(entry.id).gid(entry.group.unwrap_or(entry.id));
    }
    command.spawn().map_err(|error| ExecError::Failed(format!("{program} cannot be started: {error}")))
}

/// Descriptors that lastmile itself was started with do not reach the programs. Its own never do.
fn inherit_nothing() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| close_fds::set_fds_cloexec(3, &[]));
}

fn ended(status: ExitStatus) -> Status {
    status.code().map_or_else(|| Status::Signalled(status.signal().unwrap_or(0)), Status::Exited)
}

/// A stream of which only the tail is kept.
struct Tail<R> {
    pipe: Option<R>,
    tail: VecDeque<u8>,
    limit: usize,
}

impl<R: Read + AsFd> Tail<R> {
    fn of(pipe: Option<R>, limit: usize) -> std::io::Result<Self> {
        if let Some(pipe) = &pipe {
            fcntl_setfl(pipe, OFlags::NONBLOCK)?;
        }
        Ok(Self { pipe, tail: VecDeque::new(), limit })
    }

    /// Takes one reading; closes the pipe at its end.
    fn read(&mut self) -> bool {
        let mut buffer = [0_u8; READING];
        let Some(pipe) = &mut self.pipe else { return false };
        match pipe.read(&mut buffer) {
            Ok(0) => self.pipe = None,
            Ok(count) => {
                self.tail.extend(buffer.get(..count).unwrap_or_default());
                let over = self.tail.len().saturating_sub(self.limit);
                self.tail.drain(..over);
                return true;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.pipe = None,
        }
        false
    }
}

struct Streams<'a> {
    child: Child,
    pidfd: OwnedFd,
    input: &'a [u8],
    stdin: Option<std::process::ChildStdin>,
    stdout: Tail<std::process::ChildStdout>,
    stderr: Tail<std::process::ChildStderr>,
}

impl<'a> Streams<'a> {
    fn of(mut child: Child, input: &'a [u8], limit: usize) -> std::io::Result<Self> {
        let stdin = child.stdin.take();
        if let Some(stdin) = &stdin {
            fcntl_setfl(stdin, OFlags::NONBLOCK)?;
        }
        let stdout = Tail::of(child.stdout.take(), limit)?;
        let stderr = Tail::of(child.stderr.take(), limit)?;
        let pidfd = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())?;
        Ok(Self { child, pidfd, input, stdin, stdout, stderr })
    }

    /// Feeds and reads until the program ends (true), or its time does (false).
    fn attend(&mut self, deadline: Instant, aborted: &dyn Fn() -> bool) -> std::io::Result<bool> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || aborted() {
                return Ok(false);
            }
            if self.wait(left.min(GLANCE))? {
                return Ok(true);
            }
            self.feed();
            self.stdout.read();
            self.stderr.read();
        }
    }

    /// Waits for anything to happen; true once the program has ended.
    fn wait(&self, at_most: Duration) -> std::io::Result<bool> {
        let mut fds = vec![PollFd::new(&self.pidfd, PollFlags::IN)];
        if let Some(pipe) = &self.stdout.pipe {
            fds.push(PollFd::new(pipe, PollFlags::IN));
        }
        if let Some(pipe) = &self.stderr.pipe {
            fds.push(PollFd::new(pipe, PollFlags::IN));
        }
        if let Some(stdin) = &self.stdin {
            fds.push(PollFd::new(stdin, PollFlags::OUT));
        }
        let timeout = Timespec::try_from(at_most).unwrap_or(Timespec { tv_sec: 0, tv_nsec: 1_000_000 });
        match poll(&mut fds, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(fds.first().is_some_and(|fd| !fd.revents().is_empty()))
    }

    fn feed(&mut self) {
        let Some(stdin) = &mut self.stdin else { return };
        match stdin.write(self.input) {
            Ok(count) => self.input = self.input.get(count..).unwrap_or_default(),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => self.input = &[], // a program need not read what it is given
        }
        if self.input.is_empty() {
            self.stdin = None;
        }
    }

    /// Ends the whole group, then reaps the program: until it is reaped its group's number is its own.
    fn end(&mut self) -> std::io::Result<ExitStatus> {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let status = self.child.wait()?;
        let _ = (0..LEFTOVER).all(|_| self.stdout.read());
        let _ = (0..LEFTOVER).all(|_| self.stderr.read());
        Ok(status)
    }
}
