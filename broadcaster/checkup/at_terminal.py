"""`loa doctor`: every check, one after the other; one that fails itself does not end the others."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

import structlog

from broadcaster.checkup.broker_door import check_the_broker
from broadcaster.checkup.finding import Check, Finding, Level
from broadcaster.checkup.machine import (
    check_certificates,
    check_clock,
    check_disk,
    check_ffmpeg,
    check_secrets,
)
from broadcaster.checkup.station import (
    check_backup,
    check_database,
    check_keys,
    check_sounds,
    check_voice,
)
from broadcaster.database import Database
from broadcaster.errors import LoaError
from broadcaster.settings import Settings

log = structlog.get_logger()

_SIGNS = {Level.WELL: "●", Level.UNKNOWN: "○", Level.SOON: "◍", Level.ILL: "✕"}


def examine(
    database: Database, settings: Settings, *, station_id: str, now: datetime
) -> Iterator[Finding]:
    """All that is found, check by check."""
    checks: Sequence[tuple[str, Check]] = (
        ("clock", check_clock),
        ("disk", lambda: check_disk(settings)),
        ("database", lambda: check_database(database)),
        ("keys", lambda: check_keys(settings, now=now)),
        ("secrets", lambda: check_secrets(settings)),
        ("broker", lambda: check_the_broker(settings, station_id=station_id)),
        ("ffmpeg", check_ffmpeg),
        ("voice", lambda: check_voice(settings)),
        ("sounds", lambda: check_sounds(settings)),
        ("certificates", lambda: check_certificates(settings, now=now)),
        ("backup", lambda: check_backup(database, settings, now=now)),
    )
    for name, check in checks:
        try:
            yield from check()
        except LoaError as error:
            yield Finding(
                check=name, level=Level.ILL, vi=f"{error.message_vi} ({error.detail})",
                en=f"{error.message_en} ({error.detail})",
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - what a check did not foresee is a finding too
            log.debug("check_failed", check=name, error=str(error))
            yield Finding(
                check=name, level=Level.ILL, vi=f"Không kiểm tra được: {error}",
                en=f"It could not be looked at: {error}",
            )  # fmt: skip


def not_opened(error: LoaError) -> Finding:
    """What keeps the station from being looked at at all: its settings, or nobody founded it."""
    return Finding(
        check="station", level=Level.ILL, vi=f"{error.message_vi} {error.detail}".strip(),
        en=f"{error.message_en} {error.detail}".strip(),
        remedy_vi="Sửa điều đó rồi khám lại; những thứ khác chưa được xem.",
        remedy_en="Mend that and look again; nothing else was looked at.",
    )  # fmt: skip


def told(findings: Sequence[Finding], *, as_json: bool) -> str:
    """For whoever sits there, or for a program."""
    if as_json:
        return json.dumps([asdict(each) for each in findings], ensure_ascii=False) + "\n"
    lines: list[str] = []
    for each in findings:
        lines += [f"{_SIGNS[each.level]} {each.vi}", f"  {each.en}"]
        if each.remedy_vi:
            lines += [f"    → {each.remedy_vi}", f"      {each.remedy_en}"]
    return "\n".join(lines) + "\n"


def is_ill(findings: Sequence[Finding]) -> bool:
    """Whether the station does not do its work, or would lose something."""
    return any(each.level is Level.ILL for each in findings)
