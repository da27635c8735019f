"""Verifying the whole ledger, offline: every signature, chain, fold, fact, entry and daily root.

What is looked at is one instant: of the station's database, or of one into which an export was
brought. Devices are checked on all cores, by processes that read their rows themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

import broadcaster.inspection.known_tables  # noqa: F401 - tables are reached by name
from broadcaster.audit.ends import TrailEnd
from broadcaster.audit.facts import table_named
from broadcaster.audit.roots import Root
from broadcaster.audit.tables import ROOTS
from broadcaster.circles import no_circles
from broadcaster.database.columns import to_ms
from broadcaster.inspection.checking import Known
from broadcaster.inspection.days import (
    check_anchors,
    check_days,
    check_repeated,
    days_of,
    read_roots,
)
from broadcaster.inspection.every_device import (
    check_here,
    devices_of,
    refused_batches,
    said_of_devices,
    share_out,
    tasks_of,
)
from broadcaster.inspection.findings import Finding, unique
from broadcaster.inspection.recorded_facts import check_facts
from broadcaster.inspection.refusals import check_alerts, check_incidents
from broadcaster.inspection.rolled_up import check_rollups
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.spoilt_text import read_as_text
from broadcaster.inspection.trail import Trail, check_ends, read_trail

Progress = Callable[[int, int], None]
"""Told how many devices are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be verified: everything, or what came since a day; and against what from outside.

    `ends` are those that were kept beside the signing key before the database is looked at.
    """

    root_key: str
    now: datetime
    since: date | None = None
    anchors: Sequence[str] = ()
    ends: Sequence[TrailEnd] = ()
    private: bool = True


@dataclass(slots=True)
class Verdict:
    """What was looked at, and what of it does not hold."""

    findings: list[Finding] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    devices: int = 0
    batches: int = 0
    confirmations: int = 0
    plays: int = 0
    entries: int = 0
    roots: int = 0
    newest_root: str = ""
    newest_entry: str = ""
    held_to: int = 0
    """Up to which entry the trail was held against the end that was kept beside the key."""

    @property
    def holds(self) -> bool:
        """Whether everything that was looked at holds."""
        return not self.findings


def verify(
    sight: Sight, question: Question, *, progress: Progress = lambda _done, _all: None
) -> Verdict:
    """Verify the ledger that is seen, from here or on several cores at once."""
    with no_circles():
        return _verify(sight, question, progress=progress)


def _verify(sight: Sight, question: Question, *, progress: Progress) -> Verdict:
    connection = sight.connection
    station = connection.execute(select(table_named("station"))).one()
    trail = read_trail(
        connection, station=station.id, root=question.root_key, private=question.private
    )
    roots = read_roots(connection, station=station.id, keys=trail.keys, heads=trail.heads)
    asked = [root for root in roots.held if _is_asked(root, question.since)]
    verdict = Verdict(entries=trail.entries, findings=[*trail.findings, *roots.findings])
    devices = devices_of(connection)
    known = _known(connection, station, asked, question)
    tasks = tasks_of(sight, devices, trail, said_of_devices(connection, now=question.now), asked)

    def told(done: int) -> None:
        progress(min(done, len(devices)), len(devices))

    def about_no_device() -> list[Finding]:
        driver = connection.connection.driver_connection
        return read_as_text(
            driver, lambda: list(_about_no_device(connection, station, trail, asked))
        )

    if sight.readers:
        # What is about no device is looked at here meanwhile.
        with ThreadPoolExecutor(1, thread_name_prefix="devices") as thread:
            checking = thread.submit(
                share_out, sight.readers, tasks, known, devices=len(devices), told=told
            )
            verdict.findings += about_no_device()
            checked = checking.result()
    else:
        checked = check_here(sight, tasks, known, told=told)
        verdict.findings += about_no_device()
    verdict.findings += checked.findings
    verdict.gaps += checked.gaps
    verdict.devices, verdict.plays = len(devices), checked.plays
    verdict.batches, verdict.confirmations = checked.batches, checked.rows
    verdict.findings += check_ends(question.ends, trail)
    verdict.held_to = max((end.number for end in question.ends), default=0)
    if trail.entries:
        verdict.newest_entry = f"{trail.entries}:{trail.heads[trail.entries]}"
    _add_roots(connection, question, trail, verdict)
    verdict.findings = unique(verdict.findings)
    verdict.gaps.sort()
    return verdict


def _is_asked(root: Root, since: date | None) -> bool:
    return since is None or root.day >= since.isoformat()


def _known(
    connection: Connection,
    station: Any,  # noqa: ANN401 - a row of station
    roots: Sequence[Root],
    question: Question,
) -> Known:
    since_ms = None
    if question.since is not None:
        begins = datetime.combine(question.since, time.min, tzinfo=ZoneInfo(station.zone))
        # A root's day is that of its own time: the station may have had another zone.
        since_ms = min([to_ms(begins), *(root.begins_ms for root in roots)])
    return Known(
        station=station.id,
        now=question.now,
        since_ms=since_ms,
        days=days_of(roots),
        refused=refused_batches(connection),
    )


def _about_no_device(
    connection: Connection,
    station: Any,  # noqa: ANN401 - a row of station
    trail: Trail,
    roots: Sequence[Root],
) -> Iterator[Finding]:
    yield from check_facts(connection, trail.facts)
    yield from check_alerts(connection)
    yield from check_incidents(connection)
    yield from check_rollups(connection, zone=station.zone)
    yield from check_days(connection, roots)


def _add_roots(connection: Connection, question: Question, trail: Trail, verdict: Verdict) -> None:
    verdict.findings += check_anchors(connection, question.anchors, trail.heads)
    roots = {row.day: row.root for row in connection.execute(select(ROOTS.c.day, ROOTS.c.root))}
    statuses = connection.execute(select(table_named("device_status"))).all()
    verdict.findings += check_repeated(statuses, roots)
    verdict.roots = len(roots)
    if roots:
        day = max(roots)
        verdict.newest_root = f"{day}:{roots[day]}"
