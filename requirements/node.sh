#!/bin/sh
# Install the npm packages that the tests use, from package-lock.json.
set -eu
if ! command -v npm >/dev/null; then
    sh requirements/system.sh
fi
if command -v npm >/dev/null; then
    npm ci --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error
fi
mkdir -p node_modules
touch node_modules/.done
