# Two commands do everything on a fresh machine: `make serve` and `make test`.
# Each target makes what it needs first; nothing outside this folder is changed, except that
# `make test` installs missing Debian packages where it may (root on Debian).

PYTHON ?= python3
PYTHONS ?= python3.11 python3.13
DIST ?= dist
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := -m pip --disable-pip-version-check --quiet install
# A lock file is complete. Nothing is resolved anew: with hashes pip refuses a package that one
# dependency asks for with an extra, and another without.
LOCKED := --require-hashes --no-deps

# Where it is set, as in many images, each start of the program compiles it anew: 0.4 s of processor.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve build test lint format bench lock reference golden release bytes clean setup

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

serve: $(VENV)/.runtime  ## build this registry and serve it on http://127.0.0.1:8000
	$(BIN)/mcp-registry serve

build: $(VENV)/.runtime  ## build this registry into public/
	$(BIN)/mcp-registry build

test: setup  ## lint, types and the whole test suite
	$(MAKE) lint
	$(BIN)/pytest -n 3 --dist worksteal $(PYTEST_FLAGS)  # a third of the time is waiting: browsers, disks, servers

lint: $(VENV)/.dev  ## formatting, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.dev  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## the slow, large runs; prints figures and ratios
	$(BIN)/python -m benchmarks

reference: $(VENV)/.dev  ## write schema/ and the reference pages of site/docs/ anew from the code
	$(BIN)/python -m builder.docs

golden: $(VENV)/.dev  ## write anew what tests compare with; read the diff
	UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/golden tests/install/test_golden.py tests/hosts/test_documentation.py

lock: $(VENV)/.dev  ## pin the dependencies anew (needs uv)
	sh requirements/lock.sh

release: $(VENV)/.dev .venv-release/.done  ## wheel, sdist and bill of materials in dist/, made twice: the same bytes, or it fails
	rm -rf $(DIST) $(DIST).again
	for out in $(DIST) $(DIST).again; do \
	    SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m hatchling build --directory $$out && \
	    .venv-release/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --mc-type application \
	        --output-reproducible --no-validate --output-file $$out/sbom.cdx.json requirements/runtime.txt && \
	    $(BIN)/python requirements/sbom.py $$out || exit 1; \
	done
	diff -r $(DIST) $(DIST).again
	rm -rf $(DIST).again
	.venv-release/bin/python -W ignore requirements/validate_sbom.py $(DIST)/sbom.cdx.json
	cd $(DIST) && sha256sum *

# Each builds with the whole of its own environment: what is locked, for that Python.
bytes:  ## build this registry with each of PYTHONS: the same bytes, or it fails
	rm -rf .artefacts/bytes
	mkdir -p .artefacts/bytes
	for python in $(PYTHONS); do \
	    sh requirements/venv.sh $$python .venv-$${python##*/} && \
	    .venv-$${python##*/}/bin/python $(PIP_INSTALL) $(LOCKED) -r requirements/runtime.txt && \
	    .venv-$${python##*/}/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable . && \
	    .venv-$${python##*/}/bin/mcp-registry build --archive .artefacts/bytes/$${python##*/}.tar || exit 1; \
	done
	sha256sum .artefacts/bytes/*.tar
	test $$(sha256sum .artefacts/bytes/*.tar | cut -d' ' -f1 | sort -u | wc -l) = 1

clean:  ## remove what the other targets made
	rm -rf $(VENV) .venv-* node_modules public .public-* .cache .artefacts

setup: $(VENV)/.dev .venv-clients/.done .venv-agents/.done .venv-release/.done node_modules/.done
	sh requirements/system.sh

$(VENV)/bin/python:
	sh requirements/venv.sh $(PYTHON) $(VENV)

# Editable, so that templates, schemas and code are those of the checkout.
$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	test -f $(VENV)/.dev || $(BIN)/python $(PIP_INSTALL) $(LOCKED) -r requirements/runtime.txt
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python $(PIP_INSTALL) $(LOCKED) -r requirements/dev.txt
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/.runtime

# What verifies Sigstore bundles: 88 MB, only where pull requests may bring some.
$(VENV)/.sigstore: requirements/sigstore.txt | $(VENV)/.runtime
	test -f $(VENV)/.dev || $(BIN)/python $(PIP_INSTALL) $(LOCKED) -r requirements/sigstore.txt
	touch $@

# Published clients of the API, and of discovery, in environments of their own.
.venv-clients/.done: requirements/clients.txt requirements/readers.txt
	sh requirements/venv.sh $(PYTHON) .venv-clients
	.venv-clients/bin/python $(PIP_INSTALL) $(LOCKED) -r requirements/clients.txt
	.venv-clients/bin/python $(PIP_INSTALL) --require-hashes --no-deps --ignore-requires-python -r requirements/readers.txt
	touch $@

.venv-agents/.done: requirements/agents.txt
	sh requirements/venv.sh $(PYTHON) .venv-agents
	.venv-agents/bin/python $(PIP_INSTALL) $(LOCKED) -r requirements/agents.txt
	touch $@

.venv-release/.done: requirements/release.txt
	sh requirements/venv.sh $(PYTHON) .venv-release
	.venv-release/bin/python $(PIP_INSTALL) $(LOCKED) -r requirements/release.txt
	touch $@

# workerd, axe-core and clients from npm; the optional parts of the language server are 150 MB of
# binaries that its JavaScript does without.
node_modules/.done: package.json package-lock.json
	sh requirements/node.sh
