#!/bin/sh
# Build a release and sign it: `release.sh PYTHON KEY`, where KEY is an SSH key (a hardware key best).
# What comes into dist/: the wheels of station and controller, their bills of materials (CycloneDX),
# SHA256SUMS over all of it, and the signature of that.
set -eu

python="${1:?python}"
key="${2:?ssh key}"
out="${3:-dist}"

[ -z "$(git status --porcelain)" ] || {
    printf '✕ %s\n  %s\n' "Còn thay đổi chưa ghi vào git." "There are changes that are not committed." >&2
    exit 1
}
mkdir -p "$out"
[ -z "$(ls -A "$out")" ] || {
    printf '✕ %s\n  %s\n' "Thư mục $out không trống." "The folder $out is not empty." >&2
    exit 1
}
version=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
# Archives carry the commit's time: the same commit gives the same files.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

"$python" -m pip wheel --quiet --no-deps --wheel-dir "$out" .
"$python" -m pip wheel --quiet --no-deps --wheel-dir "$out" ./devices
"$python" deploy/sbom.py requirements.lock --name loa --version "$version" --out "$out/loa-$version.cdx.json"
"$python" deploy/sbom.py deploy/controller/requirements.lock --name loa-controller --version "$version" \
    --out "$out/loa-controller-$version.cdx.json"
cp requirements.lock "$out/requirements-$version.lock"
(cd "$out" && sha256sum -- * > SHA256SUMS)
ssh-keygen -Y sign -q -f "$key" -n loa-release "$out/SHA256SUMS"
printf '» %s\n' "$out/SHA256SUMS.sig"
