//! Compilation, in a child process of the same binary with hard limits: a small file can make a compiler
//! take gigabytes and minutes, and a compiler's bug must not reach the host's secrets.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

use super::engine;
use crate::printable::printable;

/// The first argument that makes this program a compile child.
pub const COMPILE_CHILD: &str = "__compile";

const ADDRESS_SPACE: u64 = 2 << 30;
const CPU_SECONDS: u64 = 60;
/// The processor time bounds the work; on a busy machine twelve seconds of it were seen to take ninety-three.
const WALL: Duration = Duration::from_secs(300);
const OUTPUT: u64 = 256 << 20;

/// The compiled form of a component, from the child.
pub(super) fn compile(compiler: &Path, component: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new(compiler)
        .arg(COMPILE_CHILD)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the compiler {} cannot be started: {error}", compiler.display()))?;
    let ended = std::thread::scope(|scope| {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(component)));
        let output = scope.spawn(move || read(stdout, OUTPUT));
        let complaint = scope.spawn(move || read(stderr, 4096));
        let status = wait(&mut child);
        (status, output.join().unwrap_or_default(), complaint.join().unwrap_or_default())
    });
    match ended {
        (Some(status), output, _) if status.success() && !output.is_empty() => Ok(output),
        (Some(status), _, complaint) => Err(match status.signal() {
            Some(signal) => format!("its compilation was killed by signal {signal}: it needs too much"),
            None => format!(
                "it does not compile: {}",
                printable(String::from_utf8_lossy(&complaint).trim(), 1000)
            ),
        }),
        (None, ..) => Err(format!("its compilation took longer than {WALL:?}")),
    }
}

fn read(stream: Option<impl Read>, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        let _ = stream.take(limit).read_to_end(&mut bytes);
    }
    bytes
}

fn wait(child: &mut Child) -> Option<std::process::ExitStatus> {
    let deadline = Instant::now() + WALL;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// The child: limits first, then the component from standard input, its compiled form to standard output.
#[must_use]
pub fn compile_child() -> ExitCode {
    match compile_here() {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            let _ = writeln!(std::io::stderr(), "{text}");
            ExitCode::FAILURE
        }
    }
}

fn compile_here() -> Result<(), String> {
    confine()?;
    let mut component = Vec::new();
    std::io::stdin().read_to_end(&mut component).map_err(|error| error.to_string())?;
    let engine = engine::compiling().map_err(|error| format!("{error:#}"))?;
    let compiled = engine.precompile_component(&component).map_err(|error| format!("{error:#}"))?;
    std::io::stdout().write_all(&compiled).map_err(|error| error.to_string())
}

fn confine() -> Result<(), String> {
    let limits = [
        (Resource::As, ADDRESS_SPACE),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 16),
    ];
    for (resource, value) in limits {
        let limit = Rlimit { current: Some(value), maximum: Some(value) };
        setrlimit(resource, limit).map_err(|error| format!("{resource:?}: {error}"))?;
    }
    let filter = filter().map_err(|error| format!("seccomp: {error}"))?;
    seccompiler::apply_filter(&filter).map_err(|error| format!("seccomp: {error}"))
}

/// No network, no other program, no look into another process.
fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let denied = [
        libc::SYS_socket,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_kill,
    ];
    let rules = denied.into_iter().map(|call| (call, Vec::new())).collect();
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::KillProcess, arch)?.try_into()
}
