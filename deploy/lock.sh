#!/bin/sh
# Resolve versions and hashes anew, for every supported Python, without naming any registry.
set -eu

resolve() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}
resolve pyproject.toml --output-file requirements.lock
resolve pyproject.toml --group dev --constraint requirements.lock --output-file tests/requirements.lock
