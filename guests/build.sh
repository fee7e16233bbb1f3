#!/usr/bin/env bash
# Builds components: build.sh [WORKSPACE OUT [cargo arguments…]]
# Without arguments: what lies beside this script, into plugins/. Says which compiler it chose and why.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# Where the contract is: above the shipped connectors, beside a connector that `lastmile new` made.
repo=$here && [ -d "$here/wit" ] || repo=$(dirname "$here")
workspace=$(realpath "${1:-$here}") out=$(realpath -m "${2:-$repo/plugins}")
shift $(($# < 2 ? $# : 2))
target=wasm32-wasip2

host=$(rustc -vV | sed -n 's/^host: //p')
component_ld=$(rustc --print sysroot)/lib/rustlib/$host/bin
if [ -d "$(rustc --print target-libdir --target $target)" ]; then
  echo "build.sh: $(rustc --version), with its $target target"
  build=(cargo build)
else
  # Debian ships the compiler and exactly its own library source; the library is then built with the guests.
  missing=()
  for package in rustc-web cargo-web rust-web-src lld-19 wasi-libc; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ]; then
      echo "build.sh: rustup has no $target target here. Run \`rustup target add $target\`, or as root:" >&2
      echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 1
    fi
    echo "build.sh: installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
  fi
  echo "build.sh: $(/usr/bin/rustc --version) from Debian, with build-std: rustup has no $target target here"
  mkdir -p "$repo/target/linker" && ln -sf /usr/bin/wasm-ld-19 "$repo/target/linker/wasm-ld"
  export PATH=$component_ld:$repo/target/linker:$PATH RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
  build=(/usr/bin/cargo build -Z "build-std=core,alloc")
fi
export RUSTFLAGS="${RUSTFLAGS:-} -L /usr/lib/wasm32-wasi -C link-arg=-lc"
# One target directory for every guest workspace: the standard library is built once.
export CARGO_TARGET_DIR=${LASTMILE_GUEST_TARGET:-$repo/target/guests}
[ $# -gt 0 ] || set -- --lib --examples
made=$(cd "$workspace" && "${build[@]}" --quiet --locked --release --target $target \
  --message-format json-render-diagnostics "$@" | grep -o '"[^"]*\.wasm"' | tr -d '"' | sort -u)

mkdir -p "$out"
for file in $made; do
  name=$(basename "$file" .wasm); name=${name//_/-}
  cmp -s "$file" "$out/$name.wasm" || cp "$file" "$out/$name.wasm"
done
