#!/usr/bin/env bash
# Takes what the SDK and five connectors do away, piece by piece, and sees whether one of their own tests fails.
# mutants.sh [arguments of cargo mutants…], for example --list. Leaves target/mutants/mutants.out.
set -euo pipefail
cd "$(dirname "$0")/.."
mutants=$PWD/target/mutants

# cargo-mutants wants every package below its workspace and copies no other: here the workspace is one folder up.
rm -rf "$mutants/tree"
mkdir -p "$mutants/tree"
cp -r guests sdk wit docs "$mutants/tree/"
cd "$mutants/tree"
mv guests/Cargo.lock .
sed -e '/^members/,/^\]/s/"\([a-z]\)/"guests\/\1/g' -e 's/"\.\.\/sdk/"sdk/g' guests/Cargo.toml >Cargo.toml
rm guests/Cargo.toml
find sdk -name Cargo.toml -exec sed -i '/^workspace = "/d' {} +
# The components of the profiles have no tests, and linking them takes most of the time.
sed -i '/^\[\[example\]\]$/,$d' guests/server/Cargo.toml

export CARGO_TARGET_DIR=$mutants/build CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
# The profiles are data: a test of their own takes them apart.
exec nice -n 19 cargo mutants --in-place --no-shuffle --output "$mutants" --cargo-arg=--locked \
  --package nginx --package haproxy --package traefik --package envoy --package server --package lastmile-sdk \
  --file 'guests/*/src/**' --exclude 'guests/server/src/profiles/**' \
  --file sdk/src/config.rs --file 'sdk/src/config/**' --file sdk/src/document.rs --file sdk/src/failure.rs \
  --file sdk/src/server.rs --file 'sdk/src/server/**' "$@" -- --tests
