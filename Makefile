# The verbs of this repository: `make` lists them. Needs Python 3.11 or later and make, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
INSTALLED := .venv/installed
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

# Where it is set, every process of every test would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE
# How many halves of the tests run at once: `make test HALVES=1` on one core, or where a lot else runs.
HALVES ?= 2
FIRST_UNITS := tests/unit/deploy tests/unit/reporting
FIRST_OTHERS := tests/integration

.PHONY: help
help: ## what can be asked of make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(INSTALLED) ## everything the rest needs, under .venv and .run; no root, nothing outside is touched
	@$(BIN)/python -m deploy.stack fetch

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "no Python 3.11 or later: apt-get install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) lacks venv: apt-get install $$($(PYTHON) -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"; exit 1; }
	@echo "creating .venv with $(PYTHON)"
	@rm -rf .venv && $(PYTHON) -m venv .venv

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing what requirements.lock names, by hash"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "installing donthu itself, editable"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: demo
demo: setup ## the main job on realistic data, told step by step
	@$(BIN)/donthu demo

.PHONY: unit
unit: setup ## tests without broker and database, in seconds
	@echo "unit tests, in two halves"
	@$(MAKE) -j$(HALVES) unit-1 unit-2

.PHONY: test
test: unit ## all tests, on real brokers and real databases of their own
	@echo "all other tests, in two halves, each on a private RabbitMQ and MongoDB"
	@$(MAKE) -j$(HALVES) others-1 others-2

# The second half is whatever the first one leaves, so that nothing new is left out.
.PHONY: unit-1 unit-2 others-1 others-2
unit-1:
	@$(BIN)/python -m pytest -q $(FIRST_UNITS) 2>&1 | sed -u 's/^/1| /'
unit-2:
	@$(BIN)/python -m pytest -q tests/unit $(FIRST_UNITS:%=--ignore=%) 2>&1 | sed -u 's/^/2| /'
others-1:
	@$(BIN)/python -m pytest -q $(FIRST_OTHERS) 2>&1 | sed -u 's/^/1| /'
others-2:
	@$(BIN)/python -m pytest -q tests --ignore=tests/unit $(FIRST_OTHERS:%=--ignore=%) 2>&1 | sed -u 's/^/2| /'

.PHONY: check
check: setup ## style, types, import rules, spelling, generated docs
	@echo "ruff check" && $(BIN)/ruff check
	@echo "ruff format" && $(BIN)/ruff format --check
	@echo "mypy" && $(BIN)/mypy
	@echo "import rules" && $(BIN)/lint-imports
	@echo "spelling" && $(BIN)/codespell
	@echo "generated docs" && $(BIN)/python -W ignore -m deploy.docs --check
	@echo "secrets" && $(BIN)/python -m deploy.audit secrets

.PHONY: audit
audit: setup ## known holes in what requirements.lock names, and secrets in the repository
	@$(BIN)/python -m deploy.audit secrets
	@$(BIN)/python -m deploy.audit dependencies

.PHONY: docs
docs: setup ## write the generated pages of docs/ again from the code: events, rpc, refusals, rules …
	@$(BIN)/python -W ignore -m deploy.docs

.PHONY: bench
bench: setup ## everything that has a number, beside what it is compared with; ten minutes
	@$(BIN)/donthu bench all

.PHONY: lock
lock: $(INSTALLED) ## write requirements.lock again from pyproject.toml
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links -o requirements.lock

.PHONY: clean
clean: ## stop the local stack and delete .venv and .run with all data and keys
	@[ ! -e $(INSTALLED) ] || $(BIN)/donthu down
	@echo "deleting .venv, .run and caches"
	@rm -rf .venv .run donthu.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
