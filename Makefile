# Loa: the two commands are `make run` and `make test`; the rest serves them.
SHELL := /bin/sh
PYTHON ?= $(shell deploy/find-python.sh)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.loa-installed
TESTABLE := $(VENV)/.loa-testable
SOURCES := pyproject.toml requirements.lock deploy/install.sh deploy/requirements-piper.lock $(shell find broadcaster/web/assets -type f -not -path '*/node_modules/*')

.PHONY: help run install test coverage soak bench intelligibility lint fmt reference pictures sbom audit system-deps lock clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: $(INSTALLED) ## Start the demonstration commune on http://127.0.0.1:8000
	@exec $(BIN)/loa run

install: $(INSTALLED) ## Install Loa into .venv, page assets built

$(INSTALLED): $(SOURCES)
	@deploy/install.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(TESTABLE): $(INSTALLED) tests/requirements.lock
	@echo "» Cài công cụ kiểm thử / Installing the test tools"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@

test: $(TESTABLE) ## Run all tests that this machine can run, and say which it cannot
	@$(BIN)/python -m tests

coverage: $(TESTABLE) ## Run the same tests and say which lines and branches none of them reached; half as slow again
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m tests
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

soak: $(TESTABLE) ## Run the long counts; bounded, seeded, resumable; a table in tests/results
	@$(BIN)/python -m tests.soak

bench: $(TESTABLE) ## Measure speed as ratios against baselines of the same run
	@$(BIN)/python -m tests.benchmarks

intelligibility: $(TESTABLE) ## Have our speech written down by an offline recogniser; fail where it got worse
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/intelligibility/requirements.lock
	@$(BIN)/python -m tests.intelligibility check

lint: $(TESTABLE) ## Style, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

fmt: $(TESTABLE) ## Format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

reference: $(INSTALLED) ## Write the reference of commands and routes anew
	@$(BIN)/python deploy/reference/write.py

pictures: $(TESTABLE) ## Make the handbook's pictures anew, of what a browser sees
	@$(BIN)/python -m tests.browser.pictures

sbom: $(INSTALLED) ## Write the bill of materials of this version (CycloneDX) into dist/
	@v=$$($(BIN)/python -c "import broadcaster; print(broadcaster.__version__)"); \
	$(BIN)/python deploy/sbom.py requirements.lock --name loa --version $$v --out dist/loa-$$v.cdx.json; \
	echo "» dist/loa-$$v.cdx.json"

audit: $(INSTALLED) ## Ask for known holes of the locked versions: the index, or a copy (AUDIT_DATABASE=DIR)
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check "pip-audit>=2.9,<3" "pyyaml>=6,<7"
	@$(VENV)/audit/bin/python deploy/audit.py requirements.lock deploy/requirements-piper.lock deploy/requirements-s3.lock \
		deploy/controller/requirements.lock $(if $(AUDIT_DATABASE),--database "$(AUDIT_DATABASE)")

system-deps: ## Install what pip cannot bring: Mosquitto, nginx, Chromium, ALSA (Debian, root)
	@deploy/system-deps.sh

lock: ## Resolve the versions and hashes anew (needs uv on the PATH)
	@deploy/lock.sh

clean: ## Remove what was installed and built; the station's state in var/ stays
	@rm -rf $(VENV) broadcaster/web/static dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
