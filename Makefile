# Everything that the README names. `make run` and `make test` do the set-up themselves.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
FETCH := $(BIN)/python -m rare_app fetch

# What the benchmarks read: a folder with PDF files (and questions.csv for retrieval).
DOCUMENTS ?= assets/samples

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types unit browser bench bench-memory tune-small clean

help:  ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(BIN)/python:
	@echo "==> Making the virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: install it, or say PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

# Installed again only when the requirements have changed.
$(RUN_READY): requirements.txt | $(BIN)/python
	@echo "==> Installing what the app needs (llama.cpp is compiled: 4 to 8 minutes)"
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt requirements-tuning.txt $(RUN_READY)
	@echo "==> Installing what the tests need"
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements-dev.txt
	@touch $@

setup: $(RUN_READY)  ## Install what the app needs into .venv, and fetch the models
	@$(FETCH) || echo "==> Going on without it: the app says on its page what is missing."

run: setup  ## Start the app and open the browser
	$(BIN)/python app.py --open

test: lint types unit browser  ## Lint, types, unit tests, end-to-end tests

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_READY)
	$(BIN)/mypy

unit: $(DEV_READY)
	@$(FETCH)
	$(BIN)/pytest -m "not browser"

browser: $(DEV_READY)
	@$(FETCH)
	$(BIN)/pytest -m browser

bench: $(DEV_READY)  ## Benchmarks: make bench DOCUMENTS=folder
	$(BIN)/python -m benchmarks.ingest "$(DOCUMENTS)"
	@if [ -f "$(DOCUMENTS)/questions.csv" ]; then \
		$(BIN)/python -m benchmarks.retrieval "$(DOCUMENTS)"; fi

bench-memory: $(DEV_READY)  ## Benchmarks of the memory: make bench-memory [SMALL=1] [CASES=folder]
	$(BIN)/python -m benchmarks.memory_all $(if $(SMALL),--small) $(if $(CASES),"$(CASES)")

tune-small: $(DEV_READY)  ## The whole tuning once, small: make tune-small DATA=folder
	$(BIN)/python -m rare_app tune small $(if $(DATA),--data "$(DATA)") --output out/small

clean:  ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
