"""The machine under the station: its clock, its disk, its files, and the programs that it needs."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from broadcaster.checkup.finding import Finding, Level
from broadcaster.keys.certificates import read_certificate
from broadcaster.settings import Settings
from broadcaster.watching.certificates import broker_certificate, site_certificate
from broadcaster.watching.machine import ROOM_LOW_BYTES
from playlists.audio.audio_errors import FfmpegMissing
from playlists.audio.ffmpeg import executable

ROOM_ILL_BYTES = 200 * 1024**2
_WITHIN_S = 5.0


def check_clock(*, timedatectl: str | None = None) -> Iterator[Finding]:
    """Whether the system says that its clock is kept right by somebody."""
    program = timedatectl or shutil.which("timedatectl")
    said = _said(program, "show", "--property=NTPSynchronized", "--value") if program else ""
    if said == "yes":
        yield Finding(
            check="clock", level=Level.WELL, vi="Đồng hồ máy được giữ đúng giờ qua mạng.",
            en="The clock is kept right over the network.",
        )  # fmt: skip
    elif said == "no":
        yield Finding(
            check="clock", level=Level.ILL,
            vi="Đồng hồ máy không được giữ đúng giờ: loa tin giờ của máy này.",
            en="Nothing keeps the clock right, and loudspeakers believe this machine's time.",
            remedy_vi="Chạy “timedatectl set-ntp true”, hoặc cài chrony.",
            remedy_en="Run “timedatectl set-ntp true”, or install chrony.",
        )  # fmt: skip
    else:
        yield Finding(
            check="clock", level=Level.UNKNOWN, vi="Không biết đồng hồ máy có đúng giờ không.",
            en="Whether the clock is kept right cannot be told here.",
            remedy_vi="So đồng hồ máy với điện thoại; lệch hơn 2 giây thì chỉnh.",
            remedy_en="Compare it with a telephone; set it where it is 2 s off.",
        )  # fmt: skip


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Whether there is room for sound and for the ledger, and whether it can be written."""
    folder = settings.state_dir
    free = shutil.disk_usage(folder).free
    level = Level.WELL if free >= ROOM_LOW_BYTES else Level.SOON
    if free < ROOM_ILL_BYTES or not os.access(folder, os.W_OK):
        level = Level.ILL
    is_well = level is Level.WELL
    yield Finding(
        check="disk", level=level, vi=f"Ổ đĩa còn trống {free / 1e9:.1f} GB.",
        en=f"The disk has {free / 1e9:.1f} GB left.",
        remedy_vi="" if is_well else f"Dọn ổ đĩa chứa {folder} và kiểm tra quyền ghi.",
        remedy_en="" if is_well else f"Make room where {folder} lies, and see that it is writable.",
    )  # fmt: skip


def check_secrets(settings: Settings) -> Iterator[Finding]:
    """Whether others of this machine can read what only the station may."""
    exposed = [
        path
        for path in (settings.keys_dir, *sorted(settings.keys_dir.rglob("*")))
        if stat.S_IMODE(path.lstat().st_mode) & stat.S_IRWXO and not _is_public(path)
    ]
    if not exposed:
        yield Finding(
            check="secrets", level=Level.WELL, vi="Chỉ đài đọc được các khóa.",
            en="Only the station reads its keys.",
        )  # fmt: skip
    for path in exposed:
        yield Finding(
            check="secrets", level=Level.ILL, vi=f"Người khác trên máy đọc được {path}.",
            en=f"Others at this machine can read {path}.",
            remedy_vi=f"Chạy “chmod -R o= {settings.keys_dir}”.",
            remedy_en=f"Run “chmod -R o= {settings.keys_dir}”.",
        )  # fmt: skip


def check_ffmpeg() -> Iterator[Finding]:
    """Whether sound can be made at all."""
    try:
        said = _said(executable(), "-version").split("\n")[0]
    except FfmpegMissing as error:
        yield Finding(
            check="ffmpeg", level=Level.ILL, vi=error.message_vi, en=error.message_en,
            remedy_vi="make install", remedy_en="make install",
        )  # fmt: skip
        return
    level = Level.WELL if said else Level.ILL
    yield Finding(
        check="ffmpeg", level=level, vi=said or "ffmpeg không chạy được.",
        en=said or "ffmpeg does not run.",
        remedy_vi="" if said else "Cài lại: make install, hoặc gói ffmpeg.",
        remedy_en="" if said else "Install it again: make install, or the package ffmpeg.",
    )  # fmt: skip


def check_certificates(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Whether the certificates that visitors and devices see hold, and for how long."""
    files = ("HTTPS", site_certificate(settings)), ("device_ca", settings.device_ca)
    found = [(name, read_certificate(file)) for name, file in files if file is not None]
    of_broker = broker_certificate(settings)
    for name, facts in found if of_broker is None else [*found, ("MQTT", of_broker)]:
        level = Level.SOON if facts.ends_soon(now) else Level.WELL
        level = Level.ILL if facts.has_ended(now) or now < facts.begins else level
        day, is_well = f"{facts.ends:%d/%m/%Y}", level is Level.WELL
        yield Finding(
            check="certificates", level=level, vi=f"Chứng chỉ {name} có hạn đến {day}.",
            en=f"The certificate for {name} holds until {day}.",
            remedy_vi="" if is_well else "Chạy lại “loa init”, hoặc xin chứng chỉ mới.",
            remedy_en="" if is_well else "Run “loa init” again, or obtain a new one.",
        )  # fmt: skip


def _is_public(path: Path) -> bool:
    return path.suffix in {".pub", ".jws"}


def _said(program: str, *arguments: str) -> str:
    """The first of what a program says; empty where it says nothing, fails or hangs."""
    try:
        done = subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
