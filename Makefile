# lastmile: `make help` lists the targets.
.PHONY: help test lint clean
.DEFAULT_GOAL := help

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

test: ## Every test
	cargo test --release --workspace

lint: ## Formatting and clippy
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- -D warnings

clean: ## Remove what was built
	cargo clean
