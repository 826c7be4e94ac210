# Everything a newcomer or a build machine does. `make` alone lists it.
# Another interpreter: make test PYTHON=python3.12 (after `make clean` if .venv is there already).

PYTHON ?= python3
CASE ?= kazakhstan-2012

BIN := .venv/bin
STAMPS := .venv/.stamps
CODE := $(wildcard src tools benchmarks)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.NOTPARALLEL: # two installs into one .venv would get in each other's way
.DELETE_ON_ERROR:
.PHONY: help plan test check docs bench lock release clean

help: ## List what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

plan: $(STAMPS)/run ## Plan the example case and write its documents to out/
	@echo "Planning $(CASE) into out/$(CASE)"
	@$(BIN)/legation plan $(CASE) --announced --output out/$(CASE)

test: $(STAMPS)/test ## Run all tests
	@echo "Running the tests"
	@$(BIN)/python -m pytest -n auto

check: $(STAMPS)/test-check ## Check format, lint, types, import contracts and the rules of the house
	@echo "Checking format and lint"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@echo "Checking types"
	@$(BIN)/mypy $(CODE)
	@echo "Checking who may import whom"
	@$(BIN)/lint-imports
	@echo "Checking the rules of the house"
	@$(BIN)/python -m pytest -q tests/house

docs: $(STAMPS)/docs ## Build the documentation into site/
	@echo "Building the documentation into site/"
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "Open site/index.html"

bench: $(STAMPS)/bench ## Measure against other packages, for some hours (BENCH=--quick for some minutes)
	@echo "Measuring (if it is broken off: make bench BENCH=--resume)"
	@$(BIN)/python -m benchmarks.run $(BENCH)

lock: $(STAMPS)/release ## Pin what the service is installed with, in locks/service.txt (LOCK=--upgrade for the newest)
	@echo "Pinning (it asks the package index for each package)"
	@PATH=$(BIN):$$PATH $(BIN)/python tools/lock.py $(LOCK)

release: $(STAMPS)/release ## Build and prove what is released, into dist/ (RELEASE=--rehearse to try)
	@$(BIN)/python tools/release.py $(RELEASE)

clean: ## Remove .venv and everything that was made
	@echo "Removing .venv, out, site, built packages and caches"
	@rm -rf .venv out site dist build .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# One stamp for each set of extras: `test-check` is the sets `test` and `check`. A set is installed again
# when pyproject.toml has changed, and only then.

$(STAMPS)/run: pyproject.toml | $(STAMPS)
	@echo "Installing Legation into .venv"
	@$(PIP) -e .
	@touch $@

$(STAMPS)/%: pyproject.toml | $(STAMPS)
	@echo "Installing Legation into .venv, with what it takes for: $(subst -, and ,$*)"
	@$(PIP) -e '.[$(subst -,$(comma),$*)]'
	@touch $@

$(STAMPS):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Legation needs Python 3.11 or later; name one with: make PYTHON=python3.12"; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@mkdir -p $@

comma := ,
