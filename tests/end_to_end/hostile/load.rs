//! Attacks on admission, compilation and linking.

use super::attack::{Attack, attack, load};

pub(super) const ATTACKS: &[Attack] = &[
    load("cpu-start-spin", "it does not start: the connector exceeded a limit: wall time (2s)"),
    load(
        "cpu-start-trap",
        "it does not start: the connector crashed: wasm trap: wasm `unreachable` instruction executed",
    ),
    load("load-alias-flood", "it has more than 10000 aliases"),
    load("load-async-builtin", "it uses tasks, threads, streams or futures, which a connector has not"),
    load(
        "load-async-lift",
        "it has an asynchronous function: a connector's functions return when they are done",
    ),
    load("load-bare-import", "it imports fs, which lastmile does not have"),
    attack("load-branch-table", "", "rejected", "it returned"),
    load("load-canon-flood", "it has more than 500 lifted and lowered functions"),
    load("load-component-instances", "it has more than 256 instances of components"),
    load("load-core-module", "this is a core module, not a component: build it for wasm32-wasip2"),
    load("load-core-type-flood", "it has more than 20000 types of core modules"),
    load(
        "load-custom-sections",
        "its custom sections hold more than 1048576 bytes: take them out with `wasm-tools strip`",
    ),
    load("load-deep-nesting", "it nests deeper than 6 levels"),
    load("load-empty", "this is empty"),
    load(
        "load-exceptions",
        "it does not compile: failed to parse WebAssembly module: exceptions proposal not enabled (at offset …)",
    ),
    load(
        "load-export-empty",
        "it cannot be linked: instance export `lastmile:connector/connector@0.1.0` does not have export `name`",
    ),
    load("load-export-extra", "it exports evil:more/power@0.1.0 besides the connector"),
    load("load-export-flood", "it has more than 256 exports"),
    load("load-export-shape", "it does not start: the connector crashed: expected `string` found `u32`"),
    load(
        "load-export-surplus",
        "its lastmile:connector/connector@0.1.0 exports `backdoor`, which the contract does not have",
    ),
    load(
        "load-export-twice",
        "it does not compile: failed to parse WebAssembly module: export name `lastmile:connector/connector@0.1.0` conflicts with previous name `lastmile:connector/connector@0.1.0` (at offset …)",
    ),
    load("load-export-type", "its lastmile:connector/connector@0.1.0 is no interface"),
    load("load-function-flood", "it has more than 40000 functions"),
    load("load-function-huge", "a function is longer than 1048576 bytes"),
    load(
        "load-function-references",
        "it does not compile: failed to parse WebAssembly module: function references required for index reference types (at offset …)",
    ),
    load(
        "load-gc",
        "it does not compile: failed to parse WebAssembly module: struct indexed types not supported without the gc feature (at offset …)",
    ),
    load(
        "load-globals",
        "its compiled form: module instance size does not fit in pooling allocator requirements: instance allocation for this module requires … bytes which exceeds the configured maximum of 1048576 bytes; …",
    ),
    load("load-import-control", "the name of an import is longer than 256 bytes or no plain ASCII"),
    load("load-import-flood", "it has more than 256 imports"),
    load(
        "load-import-function",
        "it cannot be linked: component imports function `lastmile:connector/process@0.1.0`, but a matching implementation was not found in the linker: expected function found instance",
    ),
    load(
        "load-import-module",
        "it cannot be linked: component imports core module `lastmile:connector/process@0.1.0`, but a matching implementation was not found in the linker: expected module found instance",
    ),
    load(
        "load-import-shape",
        "it cannot be linked: component imports instance `lastmile:connector/process@0.1.0`, but a matching implementation was not found in the linker: instance export `shell` has the wrong type: function implementation is missing",
    ),
    load(
        "load-import-type",
        "it cannot be linked: component imports instance `lastmile:connector/process@0.1.0`, but a matching implementation was not found in the linker: instance export `exec` has the wrong type: type mismatch with parameters: expected `record` found `string`",
    ),
    load("load-instance-flood", "it has more than 256 core instances"),
    load("load-latin1", "it passes strings as UTF-16 or Latin-1: build it with UTF-8"),
    load(
        "load-local-flood",
        "it does not compile: failed to compile: wasm[1]::function[0]: WebAssembly translation error: Invalid input WebAssembly code at offset …: too many locals: locals exceed maximum",
    ),
    attack("load-locals", "", "rejected", "it returned"),
    load("load-look-alike", "it imports lastmi1e:connector/fs@0.1.0, which lastmile does not have"),
    load("load-magic-only", "this is no valid component: unexpected end-of-file (at offset …)"),
    load(
        "load-memory-huge",
        "its compiled form: module memory does not fit in pooling allocator requirements: memory index 0 is unsupported in this pooling allocator configuration: memory has a minimum byte size of 4294967296 which exceeds the limit of 0x10000000 bytes",
    ),
    load(
        "load-memory-instances",
        "its compiled form: The component transitively contains 101 Wasm linear memories, which exceeds the configured maximum of 4 in the pooling allocator",
    ),
    load(
        "load-memory-many",
        "its compiled form: module memory does not fit in pooling allocator requirements: defined memories count of 100 exceeds the per-instance limit of 1",
    ),
    load(
        "load-memory-sum",
        "it does not start: the connector exceeded a limit: memory-bytes (at most 67108864)",
    ),
    load(
        "load-memory64",
        "it does not compile: failed to parse WebAssembly module: memory64 must be enabled for 64-bit memories (at offset …)",
    ),
    load("load-module-flood", "it has more than 64 modules"),
    load("load-nested-components", "it has more than 64 components"),
    load(
        "load-no-connector",
        "it does not export lastmile:connector/connector@0.1.0: it is no connector of this contract",
    ),
    load("load-other-version", "it imports lastmile:connector/fs@0.1.1-evil, which lastmile does not have"),
    load(
        "load-page-size",
        "it does not compile: failed to parse WebAssembly module: the custom page sizes proposal must be enabled to customize a memory's page size (at offset …)",
    ),
    load(
        "load-realloc-missing",
        "it does not compile: failed to parse WebAssembly module: canonical option `realloc` is required (at offset …)",
    ),
    load(
        "load-relaxed-simd",
        "it does not compile: failed to parse WebAssembly module: SIMD support is not enabled (at offset …)",
    ),
    load("load-resource-loop", "it does not start: the connector exceeded a limit: handles"),
    load("load-rollback-empty", "its lastmile:connector/rollback@0.1.0 has no `rollback`"),
    load("load-rollback-shape", "it does not start: the connector crashed: expected 2-tuple, found 0-tuple"),
    load(
        "load-rollback-surplus",
        "its lastmile:connector/rollback@0.1.0 exports `backdoor`, which the contract does not have",
    ),
    load("load-rollback-type", "its lastmile:connector/rollback@0.1.0 is no interface"),
    load("load-script", "this is text, not a component: build it with `wasm-tools parse`"),
    load(
        "load-simd",
        "it does not compile: failed to compile: wasm[1]::function[0]: WebAssembly translation error: Invalid input WebAssembly code at offset …: SIMD support is not enabled",
    ),
    load(
        "load-stack-switching",
        "it does not compile: failed to parse WebAssembly module: cannot define continuation types when stack switching is disabled (at offset …)",
    ),
    load("load-start-function", "it has a start function"),
    load(
        "load-table-huge",
        "its compiled form: module table does not fit in pooling allocator requirements: table index 0 has a minimum element size of 10000000 which exceeds the limit of 20000",
    ),
    load(
        "load-table-many",
        "its compiled form: module table does not fit in pooling allocator requirements: defined tables count of 100 exceeds the per-instance limit of 2",
    ),
    load(
        "load-table-sum",
        "it does not start: the connector exceeded a limit: table-elements (at most 20000)",
    ),
    load(
        "load-tail-call",
        "it does not compile: failed to compile: wasm[1]::function[0]::f: WebAssembly translation error: Invalid input WebAssembly code at offset …: tail calls support is not enabled",
    ),
    load("load-text", "this is text, not a component: build it with `wasm-tools parse`"),
    load(
        "load-threads",
        "it does not compile: failed to parse WebAssembly module: threads must be enabled for shared memories (at offset …)",
    ),
    load("load-truncated", "this is no valid component: unexpected end-of-file (at offset …)"),
    load(
        "load-type-bomb",
        "it does not compile: failed to parse WebAssembly module: effective type size exceeds the limit of 1000000 (at offset …)",
    ),
    load(
        "load-type-depth",
        "it does not compile: failed to parse WebAssembly module: type nesting is too deep (at offset …)",
    ),
    load("load-type-flood", "it has more than 1000 types"),
    load("load-ungranted", "the component imports net, and the plugin's grant has no `net.dial`"),
    load(
        "load-unknown-version",
        "this is no valid component: unknown binary version:    0x10063 (at offset …)",
    ),
    load("load-unknown-wasi", "the component imports WASI: wasi:threads/spawn@0.3.0"),
    load("load-utf16", "it passes strings as UTF-16 or Latin-1: build it with UTF-8"),
    load(
        "load-wide-arithmetic",
        "it does not compile: failed to compile: wasm[1]::function[0]: WebAssembly translation error: Invalid input WebAssembly code at offset …: wide arithmetic support is not enabled",
    ),
    load("wasi-without-leave", "the component imports WASI: wasi:cli/exit@0.2.6"),
];
