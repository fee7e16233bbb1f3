//! Streams: what is written goes to the log, and there is nothing to read.

use wasmtime::component::{ComponentType, Lift, LinkerInstance, Lower, Resource};

use super::cli::STDERR;
use super::{InputStream, OutputStream, State, StreamFault, answer};

/// What one write may hold; the log's own limit is far smaller.
const PERMIT: u64 = 64 << 10;

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum StreamError {
    #[component(name = "last-operation-failed")]
    LastOperationFailed(Resource<StreamFault>),
    #[component(name = "closed")]
    Closed,
}

type Answer<T> = Result<T, StreamError>;
type Out = Resource<OutputStream>;
type In = Resource<InputStream>;

pub(super) fn link(
    instance: &mut LinkerInstance<'_, State>,
    interface: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    if interface != "wasi:io/streams" {
        return Ok(false);
    }
    match name {
        "[method]output-stream.check-write" => {
            answer(instance, name, |_, (_,): (Out,)| Ok(Answer::Ok(PERMIT)))
        }
        "[method]output-stream.write" | "[method]output-stream.blocking-write-and-flush" => {
            answer(instance, name, |state, (stream, bytes): (Out, Vec<u8>)| write(state, &stream, &bytes))
        }
        "[method]output-stream.write-zeroes" | "[method]output-stream.blocking-write-zeroes-and-flush" => {
            answer(instance, name, |state, (stream, length): (Out, u64)| zeroes(state, &stream, length))
        }
        "[method]output-stream.flush" | "[method]output-stream.blocking-flush" => {
            answer(instance, name, |_, (_,): (Out,)| Ok(Answer::Ok(())))
        }
        // Whatever is spliced from has ended.
        "[method]output-stream.splice" | "[method]output-stream.blocking-splice" => {
            answer(instance, name, |_, _: (Out, In, u64)| Ok(Answer::<u64>::Err(StreamError::Closed)))
        }
        "[method]input-stream.read" | "[method]input-stream.blocking-read" => {
            answer(instance, name, |_, _: (In, u64)| Ok(Answer::<Vec<u8>>::Err(StreamError::Closed)))
        }
        "[method]input-stream.skip" | "[method]input-stream.blocking-skip" => {
            answer(instance, name, |_, _: (In, u64)| Ok(Answer::<u64>::Err(StreamError::Closed)))
        }
        _ => Ok(false),
    }
}

fn write(state: &mut State, stream: &Out, bytes: &[u8]) -> wasmtime::Result<Answer<()>> {
    if bytes.len() as u64 > PERMIT {
        wasmtime::bail!("it wrote {} bytes to a stream that permits {PERMIT}", bytes.len());
    }
    state.log(if stream.rep() == STDERR { "stderr" } else { "stdout" }, bytes);
    Ok(Answer::Ok(()))
}

fn zeroes(state: &mut State, stream: &Out, length: u64) -> wasmtime::Result<Answer<()>> {
    // One more than is permitted is refused like any number beyond it.
    let length = usize::try_from(length.min(PERMIT + 1))?;
    write(state, stream, &vec![0; length])
}
