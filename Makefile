# The commands of the project. Each installs what this machine lacks (tools/setup) and says so.
# The real build is Meson's (meson.build); the real list of tests is in tools/test-run.
.DEFAULT_GOAL := help
.PHONY: help run test check bench format lint clean release web

export PATH := $(CURDIR)/.deps/node/bin:$(PATH)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: release web ## build, start with a demonstration ledger, print where to look
	@exec tools/run-sandbox

test: ## everything: all suites on both databases, sanitizers, two compilers, lint, browser
	@tools/setup test
	@tools/test-run

check: ## unit tests and what the last change touches, under 3 minutes
	@tools/setup test
	@tools/test-run --changed

bench: release ## the benchmarks of docs/benchmarks.md
	@tools/setup test
	@bench/run

format: ## format every C file
	@tools/setup test
	@tools/format

lint: ## the house rules, the format, static analysis
	@tools/setup test
	@tools/test-run tidy format clang-tidy

clean: ## remove what was built; sandbox/ and .deps/ stay
	@rm -rf build web/dist

release:
	@tools/setup run
	@tools/build release

web:
	@tools/setup run
	@tools/web-build
