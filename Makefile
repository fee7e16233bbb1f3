# lastmile: `make help` lists the targets.
.PHONY: help build fault guests hostile demo test lint clean
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

demo: ## The main job on real nginx, HAProxy and moto, and three attacks
	tests/setup.sh host servers moto
	$(MAKE) build guests hostile
	tests/demo/demo.sh

test: ## Every test
	tests/setup.sh host servers mail
	$(MAKE) fault build guests hostile
	cargo test --release --locked --workspace
	cd guests && CARGO_TARGET_DIR=../target/guests-native cargo test --locked

lint: ## Formatting and clippy
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- -D warnings

clean: ## Remove what was built
	cargo clean
	rm -rf plugins
