#!/bin/sh
# Install or upgrade a commune's station on a machine with systemd, as root, from a checkout of Loa.
# An upgrade that fails leaves the older version running, on the database as it was.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
place=/opt/loa
release="$place/releases/$(date -u +%Y%m%dT%H%M%SZ)"
backups=/var/backups/loa

say() { printf '» %s\n' "$1"; }
stop() {
    printf '✕ %s\n  %s\n' "$1" "$2" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || stop "Hãy chạy bằng quyền root: sudo $0" "Run this as root: sudo $0"
command -v systemctl >/dev/null 2>&1 || stop "Máy này không có systemd." "This machine has no systemd."
python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || stop \
    "Cần Python 3.11 trở lên cùng mô-đun venv: apt install python3-venv." \
    "Python 3.11 or newer with its venv module is needed: apt install python3-venv."
for program in mosquitto nginx; do
    PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null 2>&1 || stop \
        "Thiếu $program: apt install mosquitto nginx-light libpango-1.0-0 libpangoft2-1.0-0." \
        "$program is missing: apt install mosquitto nginx-light libpango-1.0-0 libpangoft2-1.0-0."
done

say "1/4 Cài vào $release / Installing"
python3 -m venv "$release"
# Whatever ends this early leaves nothing half-installed behind.
trap 'rm -rf "$release"' EXIT
"$release/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r "$source/requirements.lock"
"$release/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    --require-hashes -r "$source/deploy/requirements-piper.lock" >/dev/null 2>&1 ||
    say "Chưa có Piper cho máy này, đài đọc bằng eSpeak NG / No Piper for this machine: eSpeak NG reads"
"$release/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$source"
install -D -m 0644 "$here/README.md" "$release/share/loa/README.md"

say "2/4 Người dùng và thư mục / User and folders"
install -D -m 0644 "$here/loa.sysusers" /etc/sysusers.d/loa.conf
install -D -m 0644 "$here/loa.tmpfiles" /etc/tmpfiles.d/loa.conf
systemd-sysusers loa.conf
systemd-tmpfiles --create loa.conf
install -d -m 0700 -o loa -g loa /var/lib/loa
[ -e /etc/loa/loa.toml ] || install -m 0640 -o loa -g loa "$here/loa.toml" /etc/loa/loa.toml

if [ -e /var/lib/loa/keys/station.key ]; then
    say "3/4 Sao lưu, nâng cấp, kiểm tra / Backing up, upgrading, verifying"
    systemctl stop loa.service
    runuser -u loa -- env LOA_CONFIG=/etc/loa/loa.toml sh -c "cd /var/lib/loa && exec $release/bin/loa upgrade $backups --keep 14" || {
        systemctl start loa.service
        stop "Chưa nâng cấp; phiên bản cũ chạy tiếp, dữ liệu như trước." \
            "Not upgraded: the older version runs on, with its data as they were."
    }
else
    say "3/4 Chưa có đài nào ở đây / No station is here yet"
fi
ln -sfn "$release" "$place/current"
trap - EXIT

say "4/4 Dịch vụ, máy chủ web, khởi động / Services, web server, starting"
# Only now: had the upgrade failed, the older version would run on with units of its own.
for unit in loa.service loa-broker.service loa-backup.service loa-backup.timer loa-doctor.service loa-doctor.timer; do
    install -m 0644 "$here/$unit" "/etc/systemd/system/$unit"
done
install -D -m 0644 "$here/journald.conf" /etc/systemd/journald.conf.d/loa.conf
install -D -m 0644 "$here/loa.logrotate" /etc/logrotate.d/loa
install -D -m 0755 "$here/loa-command.sh" /usr/local/bin/loa
# Settings and the web server's file may have been changed by hand since.
[ -e /etc/nginx/sites-available/loa ] ||
    install -D -m 0644 "$here/nginx.conf" /etc/nginx/sites-available/loa
systemctl daemon-reload
systemctl disable --quiet --now mosquitto.service 2>/dev/null || true
systemctl enable --quiet loa-broker.service loa.service loa-backup.timer loa-doctor.timer
if [ -e /var/lib/loa/keys/station.key ]; then
    systemctl restart loa-broker.service loa.service
    systemctl start loa-backup.timer loa-doctor.timer
    say "Xong; chạy “loa doctor” / Done; run “loa doctor”."
else
    say "Còn lập đài: xem $here/README.md, bước 3 / Found it: step 3 there."
fi
