#!/bin/sh
# Install Loa into a virtual environment: `install.sh PYTHON VENV`.
# Whatever is missing is said in one sentence, in Vietnamese and English.
set -eu

python="${1:-}"
venv="${2:-.venv}"
room_needed_kb=1500000

say() { printf '» %s\n' "$1"; }
stop() {
    printf '✕ %s\n  %s\n' "$1" "$2" >&2
    exit 1
}

{ [ -n "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; } || stop \
    "Cần Python 3.11 trở lên. Hãy cài Python rồi chạy lại." \
    "Python 3.11 or newer is needed. Install it, then run this again."

"$python" -c 'import venv, ensurepip' 2>/dev/null || stop \
    "Python này thiếu mô-đun venv. Trên Debian hoặc Ubuntu: apt install python3-venv." \
    "This Python lacks the venv module. On Debian or Ubuntu: apt install python3-venv."

room_kb=$(df -Pk . | awk 'NR == 2 { print $4 }')
[ -x "$venv/bin/python" ] || [ "$room_kb" -ge "$room_needed_kb" ] || stop \
    "Ổ đĩa còn quá ít chỗ: cần khoảng 1,5 GB để cài đặt." \
    "The disk is nearly full: installing needs about 1.5 GB."

run_pip() {
    "$venv/bin/python" -m pip "$@" --disable-pip-version-check || stop \
        "Không cài được. Hãy kiểm tra mạng và dung lượng ổ đĩa, rồi chạy lại; phần đã tải được giữ lại." \
        "The installation failed. Check network and disk, then run it again; downloads are kept."
}

say "1/4 Tạo môi trường $venv / Creating the environment ($("$python" --version))"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"

say "2/4 Tải và cài thư viện / Fetching and installing libraries"
run_pip install --progress-bar on --quiet --require-hashes -r requirements.lock

say "3/4 Tải và cài Piper cho giọng đọc hay hơn / Fetching and installing Piper, for a better voice"
# Only ready-made wheels: a platform without them must not begin to compile for an hour.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    --require-hashes -r deploy/requirements-piper.lock >/dev/null 2>&1 || say \
    "Máy này chưa cài được Piper, đài đọc bằng eSpeak NG; khi có mạng hãy chạy make -B install. / Piper could not be installed here, so eSpeak NG reads; run make -B install to retry."

say "4/4 Dựng giao diện và cài Loa / Building the pages and installing Loa"
run_pip install --quiet --no-deps --editable .
