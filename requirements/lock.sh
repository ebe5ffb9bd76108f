#!/bin/sh
# Pin every dependency by version and hash. No address of a package index is written.
set -eu
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links "$@"
}
# The larger set first: what runs must be what was tested.
compile pyproject.toml requirements/build.in --group dev --output-file requirements/dev.txt
compile pyproject.toml requirements/build.in --constraint requirements/dev.txt \
    --output-file requirements/runtime.txt
compile pyproject.toml requirements/build.in --extra sigstore --constraint requirements/dev.txt \
    --output-file requirements/sigstore.txt
compile requirements/clients.in --output-file requirements/clients.txt
compile requirements/release.in --output-file requirements/release.txt
compile requirements/agents.in --output-file requirements/agents.txt
