//! One engine for all plugins, its profile, and the way of a component through admission, cache and linking.

use std::sync::Arc;

use wasmtime::component::Component;
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy,
    WasmBacktraceDetails,
};

use super::cache::Cache;
use super::clock::Clock;
use super::compile::compile;
use super::run::Loaded;
use super::{Limits, LoadError, PluginSpec, SandboxSettings, admit, artefact, link};

/// Guests at the same time.
const CONCURRENCY: u32 = 16;
/// The most core instances that any plugin may be given. Python begins with 109, and each extension module
/// adds one or two.
const MOST_INSTANCES: u32 = 256;
/// The largest memory that any plugin may be given.
const LARGEST_MEMORY: usize = 256 << 20;

/// The engine, with its cache of compiled components.
pub struct Sandbox {
    engine: Engine,
    clock: Arc<Clock>,
    cache: Cache,
    settings: SandboxSettings,
}

impl Sandbox {
    /// Starts the engine and its clock.
    ///
    /// # Errors
    ///
    /// The profile does not fit this machine, or the cache's directory is not the host's own.
    pub fn new(settings: SandboxSettings) -> Result<Self, LoadError> {
        let fault = |reason: String| LoadError { plugin: "*".to_owned(), reason };
        let engine = serving().map_err(|error| fault(format!("wasmtime: {error:#}")))?;
        let cache = Cache::open(&settings.state_dir).map_err(fault)?;
        let clock = Clock::start(engine.clone())
            .map_err(|error| fault(format!("no thread for the clock: {error}")))?;
        Ok(Self { engine, clock, cache, settings })
    }

    /// Admits, compiles (or takes from the cache) and links a component.
    ///
    /// # Errors
    ///
    /// The reason for which it is refused.
    pub fn load(&self, spec: &PluginSpec) -> Result<Arc<Loaded>, LoadError> {
        self.try_load(spec).map_err(|reason| LoadError { plugin: spec.name.clone(), reason })
    }

    fn try_load(&self, spec: &PluginSpec) -> Result<Arc<Loaded>, String> {
        let admitted = admit::admit(spec)?;
        let key = self.cache.key(&self.engine, &admitted.digest);
        let compiled = match self.cache.get(&key) {
            Some(compiled) => compiled,
            None => {
                // A language's whole runtime takes a compiler ten seconds: say what is going on.
                let tenths = admitted.bytes.len().div_ceil(100_000);
                tracing::info!("compiling plugin {} ({}.{} MB), once", spec.name, tenths / 10, tenths % 10);
                let compiled = compile(&self.settings.compiler, &admitted.bytes)?;
                self.cache.put(&key, &compiled).map_err(|error| format!("the compile cache: {error}"))?;
                compiled
            }
        };
        let component = artefact::load(&self.engine, &compiled)?;
        fits(&component, &spec.limits)?;
        let linked = link::link(&self.engine, &component, spec)?;
        let loaded = Loaded::new(self.engine.clone(), Arc::clone(&self.clock), linked, spec.limits.clone());
        loaded.start().map_err(|error| format!("it does not start: {error}"))?;
        Ok(Arc::new(loaded))
    }
}

/// Whether a call can even begin: a component that needs more is refused now, not in the night when its first
/// certificate comes.
fn fits(component: &Component, limits: &Limits) -> Result<(), String> {
    let Some(needs) = component.resources_required() else { return Ok(()) };
    let starts_with = [
        (needs.max_initial_memory_size, limits.memory_bytes, "bytes of memory", "memory-bytes"),
        (needs.max_initial_table_size, limits.table_elements, "table elements", "table-elements"),
    ];
    for (needed, limit, what, key) in starts_with {
        if let Some(needed) = needed.filter(|needed| *needed > limit) {
            return Err(format!(
                "it starts with {needed} {what}, more than limits.{key} = {limit}: raise that"
            ));
        }
    }
    Ok(())
}

/// The engine that runs guests.
fn serving() -> wasmtime::Result<Engine> {
    let mut config = profile();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    Engine::new(&config)
}

/// The compile child's engine: the same code, without the pool's reservation, which would break its
/// limit of address space.
pub(super) fn compiling() -> wasmtime::Result<Engine> {
    Engine::new(&profile())
}

/// Everything that no honest guest was seen to need is off. docs/security.md goes through it line by line.
fn profile() -> Config {
    let mut config = Config::new();
    config.strategy(Strategy::Cranelift).cranelift_opt_level(OptLevel::Speed);
    config.epoch_interruption(true).concurrency_support(false);
    config.wasm_component_model_error_context(false).wasm_component_model_gc(false);
    config.wasm_component_model_map(false).wasm_component_model_memory64(false);
    config.wasm_component_model_implements(false).wasm_component_model_fixed_length_lists(false);
    config.gc_support(false);
    config.wasm_gc(false).wasm_function_references(false).wasm_exceptions(false).wasm_tail_call(false);
    config.wasm_threads(false).shared_memory(false).wasm_memory64(false).wasm_stack_switching(false);
    config.wasm_custom_page_sizes(false).wasm_wide_arithmetic(false);
    config.wasm_simd(false).wasm_relaxed_simd(false);
    config.max_wasm_stack(256 << 10);
    config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
    config.wasm_backtrace_max_frames(None);
    config.debug_info(false).generate_address_map(false);
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(CONCURRENCY)
        .total_core_instances(CONCURRENCY * MOST_INSTANCES)
        .total_memories(CONCURRENCY * 4)
        .total_tables(CONCURRENCY * 16)
        .max_memory_size(LARGEST_MEMORY)
        .max_core_instances_per_component(MOST_INSTANCES)
        .max_memories_per_component(4)
        .max_tables_per_component(16)
        .max_memories_per_module(1)
        .max_tables_per_module(2)
        .table_elements(20_000)
        .max_core_instance_size(1 << 20)
        .max_component_instance_size(4 << 20)
        .linear_memory_keep_resident(4 << 20)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto)
        .max_unused_warm_slots(CONCURRENCY)
        .total_gc_heaps(0);
    pool
}
