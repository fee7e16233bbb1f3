//! The inert WASI, for components of ordinary toolchains: a clock, random bytes, a bounded log, and nothing
//! else. Thirteen interfaces answer; every other known one is there and traps with its name.

use std::time::{Instant, SystemTime};

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component, Linker, LinkerInstance, ResourceAny, ResourceDynamic, ResourceType, Val,
};
use wasmtime::{Engine, StoreContextMut};

use super::imports::State;

const KNOWN: &[&str] = &["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];
const OUTPUT_STREAM: &str = "output-stream";
const INPUT_STREAM: &str = "input-stream";
const RANDOM_BYTES: u64 = 4096;

/// Whether this is an import of WASI 0.2 that can be answered or stubbed.
pub(super) fn is_known(import: &str) -> bool {
    let Some((package, rest)) = import.strip_prefix("wasi:").and_then(|name| name.split_once('/')) else {
        return false;
    };
    KNOWN.contains(&package) && rest.split_once('@').is_some_and(|(_, version)| version.starts_with("0.2."))
}

/// Links the component's WASI imports, one interface at a time.
pub(super) fn add_to_linker(
    engine: &Engine,
    component: &Component,
    linker: &mut Linker<State>,
) -> wasmtime::Result<()> {
    for (name, import) in component.component_type().imports(engine) {
        if !is_known(name) {
            continue;
        }
        let ComponentItem::ComponentInstance(interface) = import.ty else { continue };
        let bare = name.split('@').next().unwrap_or(name).to_owned();
        let mut instance = linker.instance(name)?;
        for (item_name, item) in interface.exports(engine) {
            match item.ty {
                ComponentItem::Resource(_) => {
                    instance.resource(item_name, resource(item_name), |_, _| Ok(()))?;
                }
                ComponentItem::ComponentFunc(_) => function(&mut instance, &bare, item_name)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// One type for each resource's name: the same resource is imported under several interfaces.
fn resource(name: &str) -> ResourceType {
    ResourceType::host_dynamic(kind(name))
}

fn kind(name: &str) -> u32 {
    name.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}

fn function(instance: &mut LinkerInstance<'_, State>, interface: &str, name: &str) -> wasmtime::Result<()> {
    let full = format!("{interface}#{name}");
    instance.func_new(name, move |store, _, arguments, results| {
        let value = answer(store, &full, arguments)?;
        // A stub without a result traps like any other.
        if let Some(slot) = results.first_mut() {
            *slot = value;
        }
        Ok(())
    })
}

fn answer(mut store: StoreContextMut<'_, State>, name: &str, arguments: &[Val]) -> wasmtime::Result<Val> {
    store.data_mut().budget.call(0)?;
    Ok(match name {
        "wasi:cli/environment#get-environment"
        | "wasi:cli/environment#get-arguments"
        | "wasi:filesystem/preopens#get-directories" => Val::List(Vec::new()),
        "wasi:cli/environment#initial-cwd"
        | "wasi:cli/terminal-stdin#get-terminal-stdin"
        | "wasi:cli/terminal-stdout#get-terminal-stdout"
        | "wasi:cli/terminal-stderr#get-terminal-stderr" => Val::Option(None),
        "wasi:cli/stdin#get-stdin" => stream(store, 0, INPUT_STREAM)?,
        "wasi:cli/stdout#get-stdout" => stream(store, 1, OUTPUT_STREAM)?,
        "wasi:cli/stderr#get-stderr" => stream(store, 2, OUTPUT_STREAM)?,
        "wasi:clocks/monotonic-clock#now" => Val::U64(monotonic()),
        "wasi:clocks/monotonic-clock#resolution" => Val::U64(1000),
        "wasi:clocks/wall-clock#now" => wall_clock(),
        "wasi:clocks/wall-clock#resolution" => datetime(0, 1000),
        "wasi:random/random#get-random-bytes" | "wasi:random/insecure#get-insecure-random-bytes" => {
            store.data_mut().budget.answer(usize::try_from(RANDOM_BYTES)?)?;
            random_bytes(arguments)?
        }
        "wasi:random/random#get-random-u64" | "wasi:random/insecure#get-insecure-random-u64" => {
            Val::U64(random()?)
        }
        "wasi:random/insecure-seed#insecure-seed" => {
            Val::Tuple(vec![Val::U64(random()?), Val::U64(random()?)])
        }
        "wasi:io/streams#[method]output-stream.check-write" => ok(Some(Val::U64(64 << 10))),
        "wasi:io/streams#[method]output-stream.write"
        | "wasi:io/streams#[method]output-stream.blocking-write-and-flush" => {
            write(store, arguments)?;
            ok(None)
        }
        "wasi:io/streams#[method]output-stream.flush"
        | "wasi:io/streams#[method]output-stream.blocking-flush" => ok(None),
        "wasi:io/streams#[method]input-stream.read"
        | "wasi:io/streams#[method]input-stream.blocking-read" => {
            Val::Result(Err(Some(Box::new(Val::Variant("closed".to_owned(), None)))))
        }
        other => wasmtime::bail!("it called {other}, and an inert plugin has no such power"),
    })
}

fn ok(value: Option<Val>) -> Val {
    Val::Result(Ok(value.map(Box::new)))
}

fn stream(mut store: StoreContextMut<'_, State>, rep: u32, name: &str) -> wasmtime::Result<Val> {
    let resource = ResourceDynamic::new_own(rep, kind(name));
    Ok(Val::Resource(resource.try_into_resource_any(&mut store)?))
}

fn write(mut store: StoreContextMut<'_, State>, arguments: &[Val]) -> wasmtime::Result<()> {
    let [Val::Resource(stream), Val::List(content)] = arguments else {
        wasmtime::bail!("an output stream was written in an unknown way");
    };
    let name = if rep(&mut store, *stream)? == 2 { "stderr" } else { "stdout" };
    let bytes: Vec<u8> =
        content.iter().map(|value| if let Val::U8(byte) = value { *byte } else { b'?' }).collect();
    store.data_mut().log(name, &bytes);
    Ok(())
}

fn rep(store: &mut StoreContextMut<'_, State>, resource: ResourceAny) -> wasmtime::Result<u32> {
    Ok(ResourceDynamic::try_from_resource_any(resource, store)?.rep())
}

fn monotonic() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn wall_clock() -> Val {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    datetime(now.as_secs(), now.subsec_nanos())
}

fn datetime(seconds: u64, nanoseconds: u32) -> Val {
    Val::Record(vec![
        ("seconds".to_owned(), Val::U64(seconds)),
        ("nanoseconds".to_owned(), Val::U32(nanoseconds)),
    ])
}

fn random() -> wasmtime::Result<u64> {
    getrandom::u64().map_err(|error| wasmtime::format_err!("no random bytes: {error}"))
}

fn random_bytes(arguments: &[Val]) -> wasmtime::Result<Val> {
    let Some(Val::U64(length @ 0..=RANDOM_BYTES)) = arguments.first() else {
        wasmtime::bail!("it asked for more than {RANDOM_BYTES} random bytes at once");
    };
    let mut bytes = vec![0_u8; usize::try_from(*length)?];
    getrandom::fill(&mut bytes).map_err(|error| wasmtime::format_err!("no random bytes: {error}"))?;
    Ok(Val::List(bytes.into_iter().map(Val::U8).collect()))
}
