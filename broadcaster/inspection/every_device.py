"""Every device's part of the ledger: what is known of it beforehand, and who checks it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing.connection import wait
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from broadcaster.audit.facts import table_named
from broadcaster.inspection.checking import Known, Task, check_devices
from broadcaster.inspection.days import leaves_by_device
from broadcaster.inspection.device_book import Checked
from broadcaster.inspection.device_leaves import KeptLeaf
from broadcaster.inspection.folds import CLOSED_WITHIN
from broadcaster.inspection.sight import Reader, Sight
from broadcaster.inspection.trail import Trail
from broadcaster.ledger.epochs import TWO_LIVE_EPOCHS
from broadcaster.ledger.journals import BROKEN_CHAIN, EQUIVOCATION

PROCESSES_FROM_BATCHES = 5_000
"""From so many on, other processes are worth the time that they take to start."""

_MOST_AT_ONCE = 50
_SHARES_OF_A_PROCESS = 16


@dataclass(frozen=True, slots=True)
class Said:
    """What else was said of devices: how far they wrote, and which had two live journals."""

    reported: Mapping[str, tuple[str, int]]
    lost: frozenset[str]


def worthwhile_processes(engine: Engine) -> int:
    """How many other processes are worth their start: one a core, or none."""
    counted = select(func.count()).select_from(table_named("confirmation_batch"))
    with engine.connect() as connection:
        many = connection.execute(counted).scalar_one() >= PROCESSES_FROM_BATCHES
    cores = os.cpu_count() or 1
    return cores if many and cores > 1 else 0


def devices_of(connection: Connection) -> list[str]:
    """Every device of which the ledger holds anything, registered or not."""
    tables = ("device", "confirmation_batch", "confirmation", "journal", "journal_head", "play")
    found: set[str] = set()
    for name in tables:
        column = "id" if name == "device" else "device_id"
        found |= set(connection.execute(select(table_named(name).c[column]).distinct()).scalars())
    return sorted(found)


def refused_batches(connection: Connection) -> frozenset[str]:
    """The batches that were taken in part only, by what incidents say."""
    incident = table_named("incident").c
    rows = connection.execute(
        select(incident.evidence_sha256).where(incident.code.in_([EQUIVOCATION, BROKEN_CHAIN]))
    )
    return frozenset(rows.scalars())


def said_of_devices(connection: Connection, *, now: datetime) -> Said:
    """What devices said of themselves where it had time to come, and what incidents say."""
    status, incident = table_named("device_status").c, table_named("incident").c
    rows = connection.execute(
        select(status.device_id, status.epoch, status.seq).where(
            status.epoch.is_not(None), status.received_at <= now - CLOSED_WITHIN
        )
    )
    reported = {row.device_id: (row.epoch, row.seq) for row in rows}
    lost = connection.execute(select(incident.device_id).where(incident.code == TWO_LIVE_EPOCHS))
    return Said(reported, frozenset(lost.scalars()))


def tasks_of(
    sight: Sight, devices: Sequence[str], trail: Trail, said: Said, roots: Sequence[Any]
) -> Iterator[Task]:
    """A task for each device, and for each of which nothing is there but a day's root."""
    rest = iter(leaves_by_device(driver_of(sight), roots))
    group = next(rest, None)
    for device in devices:
        while group is not None and group[0] < device:
            yield _task(*group, trail, said)
            group = next(rest, None)
        leaves: list[KeptLeaf] = []
        if group is not None and group[0] == device:
            leaves, group = group[1], next(rest, None)
        yield _task(device, leaves, trail, said)
    while group is not None:
        yield _task(*group, trail, said)
        group = next(rest, None)


def check_here(
    sight: Sight, tasks: Iterable[Task], known: Known, *, told: Callable[[int], None]
) -> Checked:
    """Check one device after the other in this process."""
    checked = Checked()
    for task in tasks:
        checked.add(check_devices(driver_of(sight), [task], known))
        told(checked.devices)
    return checked


def share_out(
    readers: Sequence[Reader],
    tasks: Iterable[Task],
    known: Known,
    *,
    devices: int,
    told: Callable[[int], None],
) -> Checked:
    """Have the other processes check them, some devices at a time to whoever has none left."""
    checked, rest = Checked(), iter(tasks)
    at_once = min(max(devices // (len(readers) * _SHARES_OF_A_PROCESS), 1), _MOST_AT_ONCE)
    idle, busy = list(readers), dict[Any, Reader]()
    while True:
        while idle and (some := list(islice(rest, at_once))):
            reader = idle.pop()
            reader.give(some, known)
            busy[reader.pipe] = reader
        if not busy:
            return checked
        for pipe in wait(list(busy)):
            reader = busy.pop(pipe)
            checked.add(reader.take())
            told(checked.devices)
            idle.append(reader)


def driver_of(sight: Sight) -> Any:  # noqa: ANN401 - a driver's connection
    """The driver's own connection that devices are read through from here."""
    if sight.beside is not None:
        return sight.beside
    return sight.connection.connection.driver_connection


def _task(device: str, leaves: Sequence[KeptLeaf], trail: Trail, said: Said) -> Task:
    fact = trail.facts["device"].get(device)
    joined = trail.facts["joined_device"].get(device)
    came_from = (
        (str(joined.row["joined_station_id"]), str(joined.row["signed_as"]))
        if joined and joined.row
        else None
    )
    return Task(
        device=device,
        joined_from=came_from,
        keys=tuple(trail.device_keys.get(device, ())),
        retired_ms=fact.row.get("retired_at") if fact and fact.row else None,
        lost_two=device in said.lost,
        reported=said.reported.get(device),
        leaves=leaves,
    )
