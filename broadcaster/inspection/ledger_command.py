"""`loa ledger`: verify, export, import and rebuild, at the station's machine or far from it."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nacl.encoding import HexEncoder
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine, select

from broadcaster.audit import Act, record
from broadcaster.audit.ends import read_ends
from broadcaster.audit.facts import table_named
from broadcaster.database import Database
from broadcaster.database.columns import from_ms
from broadcaster.inspection.errors import RootKeyMissing, RootKeyUnreadable
from broadcaster.inspection.every_device import worthwhile_processes
from broadcaster.inspection.exporting import export_ledger, import_ledger, read_manifest
from broadcaster.inspection.findings import SAID, Finding
from broadcaster.inspection.sight import seen_at_one_instant
from broadcaster.inspection.table_files import FileFormat
from broadcaster.inspection.verifying import Question, Verdict, verify
from broadcaster.keys import ROOT_FILE
from broadcaster.keys.station_keys import read_root
from broadcaster.ledger.plays import rebuild_plays
from broadcaster.settings import Settings

_TOLD_FINDINGS = 200
_ROOT_KEY = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an inspector asks for on the command line."""

    since: date | None = None
    anchors: Sequence[str] = ()
    root_key: str = ""


def verified_station(
    database: Database, settings: Settings, wish: Wish, *, now: datetime, progress: Console
) -> Verdict:
    """Verify the station's own ledger, as it is at one instant.

    Raise RootKeyMissing, RootKeyUnreadable.
    """
    root_key = _root_given(wish.root_key) or _root_beside(settings.keys_dir)
    with database.engine.connect() as connection:
        station = connection.execute(select(table_named("station").c.id)).scalar_one()
    question = Question(
        root_key=root_key,
        now=now,
        since=wish.since,
        anchors=tuple(wish.anchors),
        # Before the database is looked at: it goes on being written, and must have them all.
        ends=read_ends(settings.keys_dir, station=station),
    )
    return _with_bar(database.engine, question, progress)


def verified_export(folder: Path, wish: Wish, *, progress: Console) -> Verdict:
    """Verify an export by itself; raise RootKeyMissing, RootKeyUnreadable, ExportUnreadable."""
    root_key = _root_given(wish.root_key)
    if not root_key:
        raise RootKeyMissing(field="root_key")
    manifest = read_manifest(folder)
    question = Question(
        root_key=root_key,
        now=from_ms(manifest.exported_at_ms),
        since=wish.since,
        anchors=tuple(wish.anchors),
        private=manifest.private,
    )
    with tempfile.TemporaryDirectory(prefix="loa-verify-") as scratch:
        engine = import_ledger(folder, Path(scratch) / "ledger.sqlite3")
        try:
            return _with_bar(engine, question, progress)
        finally:
            engine.dispose()


def exported(
    database: Database,
    folder: Path,
    *,
    kind: FileFormat,
    private: bool,
    now: datetime,
) -> str:
    """Write the ledger into a folder, and into the trail that it was; raise ExportPresent."""
    with seen_at_one_instant(database.engine) as sight:
        written = export_ledger(sight.connection, folder, kind=kind, now=now, private=private)
    with database.writing() as session:
        record(
            session,
            Act.LEDGER_EXPORTED,
            by=None,
            at=now,
            details={"kind": kind.value, "private": private, "rows": sum(written.rows.values())},
        )
    rows = "".join(f"  {name:<20}{count:>10}\n" for name, count in written.rows.items())
    return f"✓ {folder}\n{rows}"


def brought_in(folder: Path, into: Path) -> str:
    """Bring an export into a SQLite file for looking at; raise ExportUnreadable, ExportPresent."""
    import_ledger(folder, into).dispose()
    rows = sum(each["rows"] for each in read_manifest(folder).tables.values())
    return f"✓ {into}: {rows} dòng / rows\n"


def rebuilt(database: Database, *, now: datetime) -> str:
    """Fold every play again from the confirmations, and say how many stood wrong."""
    with database.writing() as session:
        changed = rebuild_plays(session, now=now)
    return (
        f"✓ Đã dựng lại các lượt phát từ xác nhận; {changed} lượt khác trước.\n"
        f"  Plays were folded again from the confirmations; {changed} stood wrong.\n"
    )


def told(verdict: Verdict, *, as_json: bool) -> str:
    """The verdict for people, or for a program."""
    return _as_json(verdict) if as_json else _as_lines(verdict)


def _with_bar(engine: Engine, question: Question, progress: Console) -> Verdict:
    processes = worthwhile_processes(engine)
    with (
        _bar(progress) as told_progress,
        seen_at_one_instant(engine, processes=processes) as sight,
    ):
        return verify(sight, question, progress=told_progress)


@contextmanager
def _bar(console: Console) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; elsewhere nothing."""
    columns = (TextColumn("Loa"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _root_given(typed: str) -> str:
    """The public root key that somebody typed, in small letters; '' where nobody did."""
    given = typed.strip().lower()
    if given and not _ROOT_KEY.fullmatch(given):
        raise RootKeyUnreadable(field="root_key")
    return given


def _root_beside(keys_dir: Path) -> str:
    if not (keys_dir / ROOT_FILE).is_file():
        raise RootKeyMissing(str(keys_dir), field="root_key")
    return read_root(keys_dir).encode(HexEncoder).decode()


def _as_json(verdict: Verdict) -> str:
    return json.dumps(verdict_out(verdict), ensure_ascii=False) + "\n"


def verdict_out(verdict: Verdict) -> dict[str, Any]:
    """A verdict as programs read it."""
    return {
        "holds": verdict.holds,
        "devices": verdict.devices,
        "batches": verdict.batches,
        "confirmations": verdict.confirmations,
        "plays": verdict.plays,
        "audit_entries": verdict.entries,
        "daily_roots": verdict.roots,
        "newest_root": verdict.newest_root,
        "newest_entry": verdict.newest_entry,
        "held_to_entry": verdict.held_to,
        "gaps": verdict.gaps,
        "findings": [
            {
                "table": each.table,
                "key": each.key,
                "code": each.flaw.value,
                "detail": each.detail,
                "message_vi": SAID[each.flaw][0],
                "message_en": SAID[each.flaw][1],
            }
            for each in verdict.findings
        ],
    }


def _as_lines(verdict: Verdict) -> str:
    looked_vi = (
        f"{verdict.devices} loa, {verdict.batches} lô đã ký, {verdict.confirmations} xác nhận, "
        f"{verdict.plays} lượt phát, {verdict.entries} mục nhật ký, {verdict.roots} mã gốc ngày"
    )
    looked_en = (
        f"{verdict.devices} devices, {verdict.batches} signed batches, "
        f"{verdict.confirmations} confirmations, {verdict.plays} plays, "
        f"{verdict.entries} audit entries, {verdict.roots} daily roots"
    )
    lines = [f"  {looked_vi}", f"  {looked_en}"]
    if verdict.newest_root:
        lines.append(f"  Mã gốc mới nhất / newest root: {verdict.newest_root}")
    if verdict.newest_entry:
        lines.append(f"  Mục nhật ký mới nhất / newest entry: {verdict.newest_entry}")
    if verdict.held_to:
        lines.append(
            f"  Đã đối chiếu với chỗ giữ khóa đến mục / held against the file beside the key up to"
            f" entry: {verdict.held_to}"
        )
    lines += [f"◍ Chờ xác nhận còn thiếu / waiting for: {gap}" for gap in verdict.gaps]
    if verdict.holds:
        return "\n".join(["● Sổ nguyên vẹn. / The ledger holds.", *lines]) + "\n"
    count = len(verdict.findings)
    head = f"✕ {count} chỗ không khớp. / {count} places do not hold."
    found = [_line(each) for each in verdict.findings[:_TOLD_FINDINGS]]
    if count > _TOLD_FINDINGS:
        found.append(f"  … {count - _TOLD_FINDINGS} (--json)")
    return "\n".join([head, *lines, *found]) + "\n"


def _line(finding: Finding) -> str:
    vi, en = SAID[finding.flaw]
    detail = f" ({finding.detail})" if finding.detail else ""
    return f"✕ {finding.table} {finding.key}: {vi}{detail}\n  {en}"
