#!/bin/sh
# Install or update the controller on a box with systemd, as root: `install.sh WHEEL`.
# Run again with a newer wheel to update; what the box knows and has played stays.
set -eu

wheel="${1:-}"
here=$(dirname "$0")
place=/opt/loa-controller

say() { printf '» %s\n' "$1"; }
stop() {
    printf '✕ %s\n  %s\n' "$1" "$2" >&2
    exit 1
}

[ -f "$wheel" ] || stop \
    "Cách dùng: install.sh loa_controller-….whl (tạo bằng: pip wheel --no-deps ./devices)." \
    "Usage: install.sh loa_controller-….whl (made by: pip wheel --no-deps ./devices)."
[ "$(id -u)" = 0 ] || stop "Hãy chạy bằng quyền root." "Run this as root."
command -v systemctl >/dev/null 2>&1 || stop "Máy này không có systemd." "This box has no systemd."
python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || stop \
    "Cần Python 3.11 trở lên cùng mô-đun venv: apt install python3-venv." \
    "Python 3.11 or newer with its venv module is needed: apt install python3-venv."
/sbin/ldconfig -p | grep -q libasound.so.2 || stop \
    "Thiếu thư viện âm thanh ALSA: apt install libasound2 (Debian 13: libasound2t64)." \
    "ALSA's library is missing: apt install libasound2 (Debian 13: libasound2t64)."
# The sound library has ready-made wheels for this machine only; elsewhere it is compiled once.
[ "$(uname -m)" = x86_64 ] || { command -v cc >/dev/null 2>&1 && python3 -c \
    'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null; } || stop \
    "Cần trình biên dịch C cho thư viện âm thanh: apt install gcc python3-dev." \
    "A C compiler is needed for the sound library: apt install gcc python3-dev."

say "1/3 Cài chương trình vào $place / Installing into $place"
[ -x "$place/bin/python" ] || python3 -m venv "$place"
"$place/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes -r "$here/requirements.lock"
"$place/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --force-reinstall "$wheel"
install -D -m 0644 "$here/README.md" "$place/share/README.md"

say "2/3 Người dùng và dịch vụ / User and service"
install -D -m 0644 "$here/loa-controller.sysusers" /etc/sysusers.d/loa-controller.conf
install -D -m 0644 "$here/loa-controller.tmpfiles" /etc/tmpfiles.d/loa-controller.conf
install -D -m 0644 "$here/loa-controller.service" /etc/systemd/system/loa-controller.service
systemd-sysusers loa-controller.conf
systemd-tmpfiles --create loa-controller.conf
install -d -m 0700 -o loa-controller -g loa-controller /var/lib/loa-controller
ln -sf "$place/bin/loa-controller" /usr/local/bin/loa-controller

say "3/3 Khởi động / Starting"
systemctl daemon-reload
systemctl enable --quiet loa-controller
if [ -e /var/lib/loa-controller/identity.json ]; then
    systemctl restart loa-controller
    say "Xong / Done."
else
    say "Còn đăng ký với đài / Still to be enrolled with the station:"
    echo "  sudo loa-controller enrol --station https://…"
    echo "  sudo systemctl start loa-controller"
fi
