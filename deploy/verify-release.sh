#!/bin/sh
# Verify a release before it is installed: `verify-release.sh FOLDER SIGNERS WHO`.
# SIGNERS is a file of whom you trust (ssh-keygen(1), ALLOWED SIGNERS), WHO one name in it.
set -eu

folder="${1:?folder}"
signers="${2:?allowed signers}"
who="${3:?who signed}"

ssh-keygen -Y verify -f "$signers" -I "$who" -n loa-release -s "$folder/SHA256SUMS.sig" \
    < "$folder/SHA256SUMS"
cd "$folder"
sha256sum --check --strict --quiet SHA256SUMS
# Nothing lies there that nobody signed for.
for file in *; do
    case "$file" in SHA256SUMS | SHA256SUMS.sig) continue ;; esac
    grep -q "  $file\$" SHA256SUMS || {
        printf '✕ %s\n  %s\n' "Không ai ký cho $file." "Nobody signed for $file." >&2
        exit 1
    }
done
