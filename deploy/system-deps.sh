#!/bin/sh
# Install what the full test run needs and pip cannot bring: Mosquitto and Chromium (Debian).
set -eu

packages=""
command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ] || packages="$packages mosquitto"
command -v chromium >/dev/null 2>&1 || packages="$packages chromium"
[ -n "$packages" ] || { echo "» Đã có đủ / Everything is there: mosquitto, chromium"; exit 0; }

command -v apt-get >/dev/null 2>&1 || {
    echo "✕ Hãy cài bằng trình quản lý gói của máy / Install with your package manager:$packages" >&2
    exit 1
}
echo "» Cài / Installing:$packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 — the list is ours and meant to be split
apt-get install -y -qq --no-install-recommends $packages >/dev/null
