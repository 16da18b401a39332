# The commands of this repository. `make` alone lists them.
#
# `make test` is the one that sets up and passes all tests; what it installs,
# it says. Tools come from the package registries, built from source.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# In CI the lock file is the law; on a desk it may follow Cargo.toml.
LOCKED := $(if $(filter true,$(CI)),--locked,)

NEXTEST_VERSION := 0.9.143
DENY_VERSION := 0.20.2
FUZZ_VERSION := 0.13.2

# How long `make fuzz` searches with each target.
FUZZ_SECONDS ?= 60

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: lab
lab: ## Bring up the peers that tests run against (installs what is missing, where it may)
	@tests/lab/up

.PHONY: lab-down
lab-down: ## Stop the peers and forget their data
	@tests/lab/down

.PHONY: test
test: lab cargo-nextest ## Set up and run all tests; lists what was NOT RUN
	@tests/run $(LOCKED)

.PHONY: bench
bench: lab ## Run the benchmarks and print their table
	@if [ -f .lab/env ]; then . .lab/env; fi; \
	cargo run $(LOCKED) --release -p cadastre-benches

.PHONY: lint
lint: cargo-deny ## Formatting, lints, dependencies, docs; a warning is an error
	cargo fmt --all --check
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	cargo deny $(LOCKED) check -D warnings bans licenses sources
	RUSTDOCFLAGS="-D warnings" cargo doc $(LOCKED) --workspace --no-deps

# Without a sanitizer, because those need an unstable compiler; the workspace
# forbids unsafe code, and what is looked for is a panic or a hang.
.PHONY: fuzz
fuzz: cargo-fuzz ## Search for failing inputs with each fuzz target (FUZZ_SECONDS=60 each)
	@for target in $$(cargo fuzz list); do \
	  found=target/fuzz/$$target; mkdir -p $$found; \
	  echo "fuzzing $$target for $(FUZZ_SECONDS) s"; \
	  cargo fuzz run --sanitizer none $$target $$found fuzz/corpus/$$target -- -max_total_time=$(FUZZ_SECONDS); \
	done

.PHONY: fuzz-replay
fuzz-replay: cargo-fuzz ## Run each fuzz target once over its corpus
	@for target in $$(cargo fuzz list); do \
	  echo "replaying fuzz/corpus/$$target"; \
	  cargo fuzz run --sanitizer none $$target fuzz/corpus/$$target -- -runs=0; \
	done

# Tools, installed once if they are not there.

.PHONY: cargo-nextest
cargo-nextest:
	@cargo nextest --version >/dev/null 2>&1 || { \
	  echo "installing cargo-nextest $(NEXTEST_VERSION) with cargo (several minutes, once)"; \
	  cargo install --locked cargo-nextest --version $(NEXTEST_VERSION) \
	    --no-default-features --features default-no-update; }

.PHONY: cargo-deny
cargo-deny:
	@cargo deny --version >/dev/null 2>&1 || { \
	  echo "installing cargo-deny $(DENY_VERSION) with cargo (several minutes, once)"; \
	  cargo install --locked cargo-deny --version $(DENY_VERSION); }

.PHONY: cargo-fuzz
cargo-fuzz:
	@cargo fuzz --version >/dev/null 2>&1 || { \
	  echo "installing cargo-fuzz $(FUZZ_VERSION) with cargo (a minute, once)"; \
	  cargo install --locked cargo-fuzz --version $(FUZZ_VERSION); }
