# Every command a reader of this repository needs. `make` alone lists them.
#
# A fresh machine needs Python 3.11 or newer with venv and pip, git and make; the rest comes from requirements.lock.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Installing without byte-compiling every file of every package halves the wait; Python compiles what it imports.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
LOCKED := $(VENV)/.locked
STAMP := $(VENV)/.stamp
HASHED := --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate
ENVIRONMENTS := fixtures/record/environments

.DEFAULT_GOAL := help
.PHONY: help environment demo test test-editors test-vscode lint fmt bench eval record lock wheel vsix clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	@echo "making $(VENV) from requirements.lock (about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@touch $@

$(STAMP): $(LOCKED) pyproject.toml
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

environment: $(STAMP) ## make .venv from the lock

demo: $(STAMP) ## run the sample agent for real and print what went wrong, on its code
	@$(BIN)/tracegloss demo

test: $(STAMP) lint ## everything that needs Python, git and make alone
	$(BIN)/pytest
	@echo "left out: real editors (make test-editors, make test-vscode)"

test-editors: $(STAMP) ## the language server in a real Neovim, and the extension without VS Code
	$(BIN)/pytest tests/editors
	cd editor-client && npm ci --silent --ignore-scripts && npm run --silent check && npm test --silent
	cd editor-client && npm run --silent vsix >/dev/null && node test/e2e/size.mjs

test-vscode: $(STAMP) ## the extension in a real VS Code, which it installs outside the repository
	bash editor-client/test/e2e/run.sh

lint: $(STAMP) ## style, types and imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(STAMP) ## rewrite the files in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## print speed and memory beside the peers measured in the same run
	$(BIN)/python -m bench

eval: $(STAMP) ## print how right the correlation is, case by case
	$(BIN)/python -m tests.eval

# The project's own cases, or one framework's in an environment of its own in the cache folder.
record: $(STAMP) ## record the cases of fixtures/eval anew: all, CASES="errors plugins", or FRAMEWORK=langgraph
ifdef FRAMEWORK
	$(PYTHON) fixtures/record/environments.py $(FRAMEWORK)
else
	$(BIN)/python fixtures/record/record.py $(CASES)
	$(BIN)/python fixtures/record/samples.py
endif

# The lock of this project, or of one framework's environment for recording, from its .in file.
lock: ## choose newer versions of every dependency and write requirements.lock, or FRAMEWORK=langgraph
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
ifdef FRAMEWORK
	build/lock/bin/uv pip compile --quiet --upgrade --python-version 3.11 $(HASHED) \
		--custom-compile-command "make lock FRAMEWORK=$(FRAMEWORK)" \
		--output-file $(ENVIRONMENTS)/$(FRAMEWORK).lock $(ENVIRONMENTS)/$(FRAMEWORK).in
else
	build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev $(HASHED) \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
endif

wheel: $(STAMP) ## build the distribution into dist/
	$(BIN)/python -m build --wheel --no-isolation

vsix: ## build the VS Code extension into dist/tracegloss.vsix; needs Node 20 with npm
	cd editor-client && npm ci --silent --ignore-scripts && npm run --silent vsix

clean: ## remove everything that can be made again
	rm -rf $(VENV) build dist editor-client/dist editor-client/node_modules editor-client/test-output .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
