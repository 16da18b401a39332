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
BINARYEN_VERSION := 132.0.0

TARGET := $(or $(CARGO_TARGET_DIR),target)
WASM := wasm32-unknown-unknown

# The program, always beside the bundler: alone, cargo would give some dependencies fewer features than
# `make test` does, and so build the cloud client, which takes minutes, once for each.
PROGRAM := -p cadastre -p cadastre-bundle

# How long `make fuzz` searches with each target.
FUZZ_SECONDS ?= 60

# Which targets: all, unless told otherwise. A target is named after the feature it is built with.
FUZZ_TARGETS ?= $$(cargo fuzz list)
FUZZ_BUILD := --sanitizer none --features "$$(grep -o "^$${target%%_*} = " fuzz/Cargo.toml | cut -d ' ' -f 1)"

# Where `make screens` puts its pictures.
SCREENS ?= target/screens

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# `make run PROFILE=release` takes about twice as long to build and answers faster.
PROFILE ?= dev

.PHONY: run
run: toolchain web ## Build, load the demo estate, serve it at http://127.0.0.1:8080 and print the login
	@cargo build $(LOCKED) --profile $(PROFILE) $(PROGRAM)
	@$(TARGET)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))/cadastre demo

.PHONY: lab
lab: ## Bring up the peers that tests run against (installs what is missing, where it may)
	@tests/lab/up

.PHONY: lab-down
lab-down: ## Stop the peers and forget their data
	@tests/lab/down

# Pages are complete without it; with it they react. `cargo build` puts it into the binary.
.PHONY: web
web: wasm-target wasm-opt ## Build the program for the browser into public/pkg
	cargo build $(LOCKED) -p cadastre-hydrate --target $(WASM) --profile web
	WASM_OPT=$$(cat $(TARGET)/wasm-opt 2>/dev/null || echo wasm-opt) \
	  cargo run $(LOCKED) --quiet -p cadastre-bundle -- $(TARGET)/$(WASM)/web/cadastre_hydrate.wasm public/pkg

.PHONY: test
test: lab cargo-nextest web ## Set up and run all tests; lists what was NOT RUN
	@tests/run $(LOCKED)

.PHONY: screens
screens: lab web ## Photograph every page of the demo into SCREENS=target/screens
	@cargo build $(LOCKED) $(PROGRAM)
	@end2end/screens.sh $(SCREENS)

.PHONY: demo-recording
demo-recording: lab ## Make the demo's estate in moto again and record it into server/demo/
	@cargo build $(LOCKED) $(PROGRAM)
	@tests/lab/demo_recording.sh

.PHONY: bench
bench: lab web ## Run the benchmarks and print their table
	@if [ -f .lab/env ]; then . .lab/env; fi; \
	cargo build $(LOCKED) --release $(PROGRAM) -p cadastre-benches; \
	$(TARGET)/release/cadastre-benches

.PHONY: lint
lint: cargo-deny wasm-target ## Formatting, lints, dependencies, docs; a warning is an error
	cargo fmt --all --check
	cargo clippy $(LOCKED) --workspace --all-targets -- -D warnings
	cargo clippy $(LOCKED) -p cadastre-hydrate -p cadastre-app --no-default-features \
	  --features cadastre-app/hydrate --target $(WASM) --profile web -- -D warnings
	cargo deny $(LOCKED) check -D warnings bans licenses sources
	RUSTDOCFLAGS="-D warnings" cargo doc $(LOCKED) --workspace --no-deps

# Without a sanitizer, because those need an unstable compiler; the workspace
# forbids unsafe code, and what is looked for is a panic or a hang.
.PHONY: fuzz
fuzz: cargo-fuzz ## Search for failing inputs with each fuzz target (FUZZ_SECONDS=60 each)
	@for target in $(FUZZ_TARGETS); do \
	  found=target/fuzz/$$target; mkdir -p $$found; \
	  echo "fuzzing $$target for $(FUZZ_SECONDS) s"; \
	  cargo fuzz run $(FUZZ_BUILD) $$target $$found fuzz/corpus/$$target -- -max_total_time=$(FUZZ_SECONDS); \
	done

.PHONY: fuzz-replay
fuzz-replay: cargo-fuzz ## Run each fuzz target once over its corpus
	@for target in $(FUZZ_TARGETS); do \
	  echo "replaying fuzz/corpus/$$target"; \
	  cargo fuzz run $(FUZZ_BUILD) $$target fuzz/corpus/$$target -- -runs=0; \
	done

# Tools, installed once if they are not there.

# The Rust toolchain is for people to choose; what it needs besides is a C compiler.
.PHONY: toolchain
toolchain:
	@wanted=$$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml); \
	found=$$(rustc --version 2>/dev/null | cut -d ' ' -f 2); \
	if [ -z "$$found" ]; then \
	  echo "Rust $$wanted or newer is needed and there is none: install rustup, then run make again"; exit 1; \
	fi; \
	if [ "$$(printf '%s\n' "$$wanted" "$$found" | sort -V | head -n 1)" != "$$wanted" ]; then \
	  command -v rustup >/dev/null || { echo "Rust $$wanted or newer is needed, and this is $$found: update it"; exit 1; }; \
	  echo "Rust $$wanted or newer is needed, and this is $$found: updating the stable toolchain with rustup"; \
	  rustup update stable; \
	fi; \
	command -v cc >/dev/null || { . tests/lab/common.sh; \
	  may_install || { echo "a C compiler is needed; as root on Debian: apt-get install gcc libc6-dev"; exit 1; }; \
	  mkdir -p .lab; install_packages gcc libc6-dev; }

.PHONY: wasm-target
wasm-target:
	@[ -d "$$(rustc --print target-libdir --target $(WASM))" ] || { \
	  echo "adding the target $(WASM) to the Rust toolchain (once)"; rustup target add $(WASM); }

# Not needed, only smaller: used where it is found or npm can bring it. Which one stands in a file.
.PHONY: wasm-opt
wasm-opt:
	@mkdir -p $(TARGET); \
	brought=$(abspath $(TARGET))/tools/node_modules/.bin/wasm-opt; \
	if command -v wasm-opt >/dev/null; then command -v wasm-opt >$(TARGET)/wasm-opt; \
	elif [ ! -x $$brought ] && command -v npm >/dev/null; then \
	  echo "installing wasm-opt (binaryen $(BINARYEN_VERSION)) with npm into $(TARGET)/tools (once)"; \
	  npm install --silent --no-audit --no-fund --prefix $(TARGET)/tools binaryen@$(BINARYEN_VERSION) || \
	    echo "npm could not install it; going on without"; \
	fi; \
	if [ -x $$brought ]; then echo $$brought >$(TARGET)/wasm-opt; fi

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
