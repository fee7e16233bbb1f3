//! The inert WASI, for components of ordinary toolchains: clocks, random bytes, a bounded log, and nothing
//! else. Thirteen interfaces answer; of every other one of WASI 0.2 each function is there and traps with its
//! name; what is none of these is refused at load.

mod cli;
mod clocks;
mod output;
mod random;
mod streams;

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentNamedList, Lift, Linker, LinkerInstance, Lower, ResourceType};

use super::imports::State;

pub(super) use output::Output;

/// What a component may import, without the version. The first thirteen answer.
const KNOWN: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:io/streams",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:cli/exit",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:clocks/timezone",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:random/insecure",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// Whether this is an import of WASI 0.2 that is answered or stubbed.
pub(super) fn is_known(import: &str) -> bool {
    let Some((interface, version)) = import.split_once('@') else { return false };
    let patch = version.strip_prefix("0.2.").unwrap_or_default();
    KNOWN.contains(&interface) && !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit())
}

/// Links the component's WASI imports, one interface at a time, in the version that it asks for.
pub(super) fn add_to_linker(
    engine: &Engine,
    component: &Component,
    linker: &mut Linker<State>,
) -> wasmtime::Result<()> {
    let mut resources = Resources::default();
    for (name, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(interface) = import.ty else { continue };
        if !is_known(name) {
            continue;
        }
        let bare = name.split('@').next().unwrap_or(name);
        let mut instance = linker.instance(name)?;
        for (item_name, item) in interface.exports(engine) {
            match item.ty {
                ComponentItem::Resource(theirs) => {
                    let ours = resources.ours(item_name, theirs);
                    instance.resource(item_name, ours, |_, _| Ok(()))?;
                }
                ComponentItem::ComponentFunc(_) => function(&mut instance, bare, item_name)?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn function(instance: &mut LinkerInstance<'_, State>, interface: &str, name: &str) -> wasmtime::Result<()> {
    if link(instance, interface, name)? { Ok(()) } else { stub(instance, interface, name) }
}

/// Links the function if it is one that answers.
fn link(instance: &mut LinkerInstance<'_, State>, interface: &str, name: &str) -> wasmtime::Result<bool> {
    Ok(cli::link(instance, interface, name)?
        || clocks::link(instance, interface, name)?
        || random::link(instance, interface, name)?
        || streams::link(instance, interface, name)?)
}

/// Whether a call of this function is answered; a call of any other traps with the function's name.
pub(super) fn answers(engine: &Engine, interface: &str, name: &str) -> bool {
    let mut nowhere = Linker::new(engine);
    let mut instance = nowhere.instance(interface);
    instance.as_mut().is_ok_and(|instance| link(instance, interface, name).unwrap_or(false))
}

/// What answers: counted as a call of the host, like every other.
fn answer<P, R>(
    instance: &mut LinkerInstance<'_, State>,
    name: &str,
    body: fn(&mut State, P) -> wasmtime::Result<R>,
) -> wasmtime::Result<bool>
where
    P: ComponentNamedList + Lift + 'static,
    R: 'static,
    (R,): ComponentNamedList + Lower,
{
    instance.func_wrap(name, move |mut store, arguments: P| {
        let state = store.data_mut();
        state.budget.call(0)?;
        Ok((body(state, arguments)?,))
    })?;
    Ok(true)
}

/// What is there only so that the component can be instantiated.
fn stub(instance: &mut LinkerInstance<'_, State>, interface: &str, name: &str) -> wasmtime::Result<()> {
    let called = format!("{interface}#{name}");
    instance.func_new(name, move |_, _, _, _| {
        wasmtime::bail!("it called {called}, and a plugin with `wasi = \"inert\"` has no such power")
    })
}

/// The resources that are passed to functions which answer. None of them holds anything: the number of a
/// stream says which one it is, and of the others there is never one.
struct InputStream;
struct OutputStream;
struct StreamFault;
struct Descriptor;
struct Terminal;

/// One type of ours for each of the component's: interfaces hand the same resource to one another, also
/// under another name.
#[derive(Default)]
struct Resources(Vec<(ResourceType, ResourceType)>);

impl Resources {
    fn ours(&mut self, name: &str, theirs: ResourceType) -> ResourceType {
        if let Some((_, ours)) = self.0.iter().find(|(seen, _)| *seen == theirs) {
            return *ours;
        }
        let ours = match name {
            "input-stream" => ResourceType::host::<InputStream>(),
            "output-stream" => ResourceType::host::<OutputStream>(),
            "error" => ResourceType::host::<StreamFault>(),
            "descriptor" => ResourceType::host::<Descriptor>(),
            "terminal-input" | "terminal-output" => ResourceType::host::<Terminal>(),
            _ => ResourceType::host_dynamic(u32::try_from(self.0.len()).unwrap_or(u32::MAX)),
        };
        self.0.push((theirs, ours));
        ours
    }
}

#[cfg(test)]
mod tests {
    use super::{Engine, answers, is_known};

    #[test]
    fn only_released_interfaces_of_wasi_0_2_are_known() {
        assert!(is_known("wasi:cli/environment@0.2.0") && is_known("wasi:http/types@0.2.12"));
        for stranger in [
            "wasi:cli/environment",
            "wasi:cli/environment@0.3.0",
            "wasi:cli/environment@0.2.",
            "wasi:cli/environment@0.2.1-evil",
            "wasi:cli/shell@0.2.0",
            "wasi:keyvalue/store@0.2.0",
            "evil:cli/environment@0.2.0",
        ] {
            assert!(!is_known(stranger), "{stranger}");
        }
    }

    #[test]
    fn who_decides_on_a_component_is_told_what_answers() {
        let engine = Engine::default();
        let answers = |interface, name| answers(&engine, interface, name);
        assert!(answers("wasi:cli/environment", "get-environment"));
        assert!(answers("wasi:io/streams", "[method]output-stream.write"));
        assert!(!answers("wasi:random/insecure", "get-insecure-random-u64"));
        assert!(!answers("wasi:cli/exit", "exit") && !answers("wasi:io/streams", "get-environment"));
    }
}
