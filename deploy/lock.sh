#!/bin/sh
# Resolve versions and hashes anew, for every supported Python, without naming any registry.
set -eu

resolve() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}
resolve pyproject.toml --output-file requirements.lock
# Piper apart: where it cannot be installed, the rest can.
resolve pyproject.toml --extra piper --constraint requirements.lock --output-file deploy/requirements-piper.lock
# And what speaks with an S3 store, by itself, for whoever keeps audio there.
echo 'obstore>=0.12' | resolve - --constraint requirements.lock --output-file deploy/requirements-s3.lock
resolve pyproject.toml --group dev --constraint deploy/requirements-piper.lock --output-file tests/requirements.lock
resolve pyproject.toml --group intelligibility --constraint tests/requirements.lock \
    --output-file tests/intelligibility/requirements.lock
# The same versions at a pole, and no more than it needs.
resolve devices/pyproject.toml --constraint requirements.lock --output-file deploy/controller/requirements.lock
