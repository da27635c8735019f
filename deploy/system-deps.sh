#!/bin/sh
# Install what the full test run needs and pip cannot bring (Debian): Mosquitto, nginx, docker-compose,
# Chromium, ALSA; Pango, which PDFs take; LibreOffice and Poppler without a screen, by which tests read the files of reports;
# a C compiler, for what `make soak` preloads to set the clock of running programs.
set -eu

packages=""
command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ] || packages="$packages mosquitto"
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || packages="$packages nginx-light"
command -v docker-compose >/dev/null 2>&1 || packages="$packages docker-compose"
command -v chromium >/dev/null 2>&1 || packages="$packages chromium"
/sbin/ldconfig -p | grep -q libasound.so.2 || packages="$packages libasound2"
/sbin/ldconfig -p | grep -q libpangoft2-1.0.so.0 || packages="$packages libpango-1.0-0 libpangoft2-1.0-0"
/sbin/ldconfig -p | grep -q libharfbuzz-subset.so.0 || packages="$packages libharfbuzz-subset0"
[ -e /usr/lib/libreoffice/program/libswlo.so ] || packages="$packages libreoffice-writer-nogui"
[ -e /usr/lib/libreoffice/program/libsclo.so ] || packages="$packages libreoffice-calc-nogui"
[ -d /usr/share/fonts/truetype/liberation ] || packages="$packages fonts-liberation"
command -v cc >/dev/null 2>&1 || packages="$packages gcc libc6-dev"
command -v pdftoppm >/dev/null 2>&1 || packages="$packages poppler-utils"
[ -n "$packages" ] || { echo "» Đã có đủ / Everything is there"; exit 0; }

command -v apt-get >/dev/null 2>&1 || {
    echo "✕ Hãy cài bằng trình quản lý gói của máy / Install with your package manager:$packages" >&2
    exit 1
}
echo "» Cài / Installing:$packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Debian 13 renamed it.
! apt-cache show libasound2t64 >/dev/null 2>&1 || packages=$(echo "$packages" | sed 's/ libasound2$/ libasound2t64/')
# shellcheck disable=SC2086 — the list is ours and meant to be split
apt-get install -y -qq --no-install-recommends $packages >/dev/null
