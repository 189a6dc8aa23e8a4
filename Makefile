# `make run` opens the player, `make test` checks everything. Both set up what is missing first.
#
#   make run ARGS="song.flac"    hand the player files or a URL
#   make run TORCH=cuda          the CUDA build of torch instead of the CPU build
#   make help                    every target

SHELL := /bin/bash
VENV ?= .venv
PYTHON := $(VENV)/bin/python
INSTALL := SEGUE_VENV="$(abspath $(VENV))" packaging/install.sh
WORKERS ?= 2
export TORCH

.DEFAULT_GOAL := help
.PHONY: help run demo desktop test check lint types contracts tests bench format clean ready ready-test

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## /  make \1 - /p' Makefile

run: ready ## open the player (without a display: the tour, offscreen)
	@$(PYTHON) -m app $(ARGS)

demo: ready ## play, like, skip and dislike by itself on the demo music, and leave screenshots
	@$(PYTHON) -m app --tour $(ARGS)

desktop: ready ## put Segue into this user's application menu
	@$(INSTALL) desktop

test: ready-test check ## everything that must pass: lint, types, contracts and tests

check: lint types contracts tests

lint: ready-test ## ruff: rules and format
	@$(PYTHON) -m ruff check . || { echo "lint: mend what ruff names above; 'make format' does most of it." >&2; exit 1; }
	@$(PYTHON) -m ruff format --check . || { echo "lint: run 'make format'." >&2; exit 1; }

types: ready-test ## mypy, strict
	@$(PYTHON) -m mypy || { echo "types: mend the types that mypy names above." >&2; exit 1; }

contracts: ready-test ## which part may import which
	@$(VENV)/bin/lint-imports || { echo "contracts: a part imports what it may not; see above." >&2; exit 1; }

tests: ready-test ## pytest, on WORKERS processes
	@QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -n $(WORKERS) $(ARGS) \
		|| { echo "tests: one alone runs with: $(PYTHON) -m pytest PATH -k NAME" >&2; exit 1; }

bench: ready-test ## measure the budgets: one table, and bench.json
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PYTHON) -m tests.benchmarks $(ARGS)

format: ready-test ## let ruff mend and format
	@$(PYTHON) -m ruff check --fix . ; $(PYTHON) -m ruff format .

clean: ## remove what was built; your music and listening stay
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache bench.json tour
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready:
	@$(INSTALL) all run

ready-test:
	@$(INSTALL) all test
