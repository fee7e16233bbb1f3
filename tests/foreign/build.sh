#!/usr/bin/env bash
# Builds a connector made without Rust: tests/foreign/build.sh python|javascript|c OUT
# Into OUT go LANG.wasm, as the toolchain makes it by default, and LANG-bare.wasm, which imports no WASI. Tools come from
# the package registries in the versions pinned here; what was built from the same inputs is not built again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
lang=$1 out=$(realpath -m "$2")
wit=$(realpath "$here/../../wit") tools=$here/../../target/foreign/tools/$lang
mkdir -p "$out" "$tools"
tools=$(realpath "$tools")

inputs=$(cd "$here" && find build.sh "$lang" "$wit" -type f -print0 | sort -z | xargs -0 cat | sha256sum)
stamp=$out/$lang.inputs
if [ -e "$out/$lang.wasm" ] && [ -e "$out/$lang-bare.wasm" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$inputs" ]; then
  exit 0
fi
echo "foreign: building the $lang connector"

python() {
  [ -x "$tools/bin/componentize-py" ] || python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check componentize-py==0.25.1
  # The interpreter leaves its own files beside what it compiles.
  rm -rf "$tools/source" && cp -r "$here/python" "$tools/source"
  local source=$tools/source name options
  for name in python python-bare; do
    options=(-p "$source" -p "$source/whole")
    [ $name = python ] || options=(-p "$source" -p "$source/bare" --stub-wasi)
    "$tools/bin/componentize-py" --quiet -d "$wit" -w file-connector componentize "${options[@]}" nginx -o "$out/$name.wasm"
  done
}

javascript() {
  cp "$here"/javascript/package*.json "$tools/"
  (cd "$tools" && npm ci --no-audit --no-fund --no-progress --loglevel=error)
  local build=(node "$tools/node_modules/@bytecodealliance/componentize-js/src/cli.js" nginx.js --wit "$wit" -n file-connector)
  cd "$here/javascript"
  "${build[@]}" -o "$out/javascript.wasm"
  "${build[@]}" -d stdio random clocks http fetch-event -o "$out/javascript-bare.wasm"
}

c() {
  # Unoptimised: the generator runs for a moment and its compilation is what takes time.
  [ -x "$tools/bin/wit-bindgen" ] || CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$tools/target \
    cargo install --quiet --locked --debug --root "$tools" wit-bindgen-cli@0.63.0 --no-default-features --features c
  "$tools/bin/wit-bindgen" c "$wit" -w deployment-connector --out-dir "$tools/generated" >/dev/null 2>&1
  compile c
  compile c-bare -DSILENT
}

compile() { # NAME [flags…]
  local name=$1 objects=() source object
  shift
  for source in "$here"/c/*.c "$tools/generated/deployment_connector.c"; do
    object=$tools/$name-$(basename "$source" .c).o
    clang-19 --target=wasm32-wasi -std=gnu17 -Oz -Wall -I"$tools/generated" -I"$here/c" "$@" -c "$source" -o "$object"
    objects+=("$object")
  done
  # What wasi-sdk does for wasm32-wasip2: the linker that comes with Rust makes a component of the module.
  local sysroot=/usr/lib/wasm32-wasi host
  host=$(rustc -vV | sed -n 's/^host: //p')
  "$(rustc --print sysroot)/lib/rustlib/$host/bin/wasm-component-ld" --wasm-ld-path /usr/bin/wasm-ld-19 \
    --wasi-adapter reactor --strip-all --entry _initialize -o "$out/$name.wasm" \
    "$sysroot/crt1-reactor.o" "${objects[@]}" "$tools/generated/deployment_connector_component_type.o" \
    -L"$sysroot" -lc "$(clang-19 --target=wasm32-wasi --print-libgcc-file-name)"
}

"$lang"
printf %s "$inputs" > "$stamp"
