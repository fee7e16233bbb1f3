# lastmile: `make help` lists the targets.
.PHONY: help build fault guests hostile foreign demo test judges mutants bench table lint clean
.DEFAULT_GOAL := help

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

build: ## The program, target/release/lastmile
	cargo build --release --locked -p lastmile

fault: # The program with fault points, for the crash matrix
	cargo build --release --locked -p lastmile --features fault-points
	cp target/release/lastmile target/lastmile-fault

guests: ## The shipped connectors, into plugins/
	guests/build.sh

hostile: ## The hostile components of the tests, into target/hostile/
	guests/build.sh tests/guests target/hostile --examples
	CARGO_TARGET_DIR=target/forge cargo run --quiet --release --locked --manifest-path tests/forge/Cargo.toml -- \
	  tests/guests wit target/hostile

foreign: ## Connectors in Python, JavaScript and C, into target/foreign/
	tests/setup.sh foreign
	for lang in python javascript c; do timeout 600 tests/foreign/build.sh $$lang target/foreign || exit 1; done

demo: ## The main job on real nginx, HAProxy and moto, and three attacks
	tests/setup.sh host servers moto
	$(MAKE) build guests hostile
	tests/demo/demo.sh

judges: ## Clients that others wrote, against the fakes of devices
	tests/setup.sh judges
	for judge in tests/fakes/judges/*.py; do \
	  [ $$judge = tests/fakes/judges/judge.py ] || timeout 300 target/judges/bin/python -B $$judge || exit 1; done

test: ## Every test
	tests/setup.sh host servers mail java moto openbao proxies
	$(MAKE) fault build guests hostile foreign judges
	cargo test --release --locked --workspace
	cd guests && CARGO_TARGET_DIR=../target/guests-native cargo test --locked

mutants: ## Take remedies away: does a test fail? Into docs/mutants.md
	tests/setup.sh mutants
	tests/mutants.sh || [ $$? -eq 2 ]    # 2: some are missed, which the table tells
	python3 tests/mutants-table.py

bench: ## Ratios against native code, wasmtime, SQLite and shell hooks, into docs/benchmarks.md
	tests/setup.sh host servers bench
	$(MAKE) build guests
	guests/build.sh tests/bench/guests target/bench --examples
	cargo bench --locked -p lastmile-tests --features bench --bench ratios

table: ## docs/servers.md and docs/targets.md, from what the last make test found
	python3 tests/servers-table.py
	python3 tests/targets-table.py

lint: ## Formatting and clippy, of every workspace
	for each in . guests tests/guests tests/forge tests/bench/guests; do (cd $$each && cargo fmt --all --check) || exit 1; done
	cargo clippy --release --locked --workspace --all-targets --features lastmile-tests/bench -- -D warnings
	cd guests && CARGO_TARGET_DIR=../target/guests-native cargo clippy --locked --all-targets -- -D warnings
	CARGO_TARGET_DIR=target/forge cargo clippy --release --locked --manifest-path tests/forge/Cargo.toml -- -D warnings

clean: ## Remove what was built
	cargo clean
	rm -rf plugins
