"""The daily roots: signed, chained, over the rows as they are now, and as devices hold them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from nacl.signing import VerifyKey
from sqlalchemy import Connection, select

from broadcaster.audit.entries import genesis
from broadcaster.audit.leaves import Leaf, leaf_octets, leaf_of_trail, leaves_of_ledger
from broadcaster.audit.roots import Root, open_root, tree_root
from broadcaster.audit.tables import LEAVES, ROOTS
from broadcaster.database.columns import from_ms, to_ms
from broadcaster.inspection.device_leaves import (
    OF_DEVICES,
    KeptLeaf,
    RootedDay,
    named,
    table_of,
)
from broadcaster.inspection.device_rows import is_sqlite, stream_of
from broadcaster.inspection.findings import Finding, Flaw
from devices.errors import ContractViolation

ROOT, LEAF = "daily_root", "daily_leaf"


@dataclass(slots=True)
class Roots:
    """The roots whose signatures hold, in their order, and what does not hold of the others."""

    held: list[Root] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_roots(
    connection: Connection,
    *,
    station: str,
    keys: Mapping[str, VerifyKey],
    heads: Mapping[int, str],
) -> Roots:
    """Every root: its signature, its columns, and its place behind the one before.

    `keys` are those that the trail names; `heads` its hashes by number.
    """
    roots = Roots()
    orphans = select(LEAVES.c.day).where(LEAVES.c.day.not_in(select(ROOTS.c.day))).distinct()
    for day in connection.execute(orphans).scalars():
        roots.findings.append(Finding(ROOT, day, Flaw.ROOT_MISSING))
    for row in connection.execute(select(ROOTS).order_by(ROOTS.c.day)).all():
        try:
            root = open_root(row.message, trusted=keys)
        except ContractViolation as error:
            roots.findings.append(Finding(ROOT, row.day, Flaw.ROOT_UNSIGNED, error.code))
            continue
        before = roots.held[-1] if roots.held else None
        roots.findings += _columns(row, root)
        roots.findings += _place(root, before, station=station, heads=heads)
        roots.held.append(root)
    return roots


def days_of(roots: Sequence[Root]) -> list[RootedDay]:
    """The days that roots speak of."""
    return [RootedDay(root.day, root.begins_ms, root.ends_ms) for root in roots]


def check_days(connection: Connection, roots: Sequence[Root]) -> Iterator[Finding]:
    """Each root over its leaves, and the leaves that are about no device over their rows.

    Those of devices are checked with all else that is held of a device (`device_leaves`).
    """
    for root in roots:
        kept = _kept_leaves(connection, root.day)
        yield from _tree(root, kept)
        yield from _rows(connection, root, [leaf for leaf in kept if leaf.source not in OF_DEVICES])


def leaves_by_device(
    connection: Any,  # noqa: ANN401 - a driver's connection
    roots: Sequence[Root],
) -> Iterator[tuple[str, list[KeptLeaf]]]:
    """The kept leaves that are about devices, a device at a time in the order of their names."""
    days = {root.day for root in roots}
    if not days:
        return
    marks = ", ".join("?" * len(OF_DEVICES))
    device = "substr(about, 1, instr(about || '|', '|') - 1)"
    if not is_sqlite(connection):
        device = """split_part(about, '|', 1) COLLATE "C\""""
    statement = (
        'SELECT day, position, source, about, "rows", sha256, traces FROM daily_leaf '  # noqa: S608
        f"WHERE source IN ({marks}) AND day >= ? ORDER BY {device}"
    )
    found = map(KeptLeaf._make, stream_of(connection, statement, [*OF_DEVICES, min(days)]))
    for about, leaves in groupby(found, key=lambda leaf: leaf.about.partition("|")[0]):
        yield about, [leaf for leaf in leaves if leaf.day in days]


def check_anchors(
    connection: Connection, anchors: Sequence[str], heads: Mapping[int, str]
) -> Iterator[Finding]:
    """What somebody holds: roots from reports and devices, and entries of the trail.

    As `DAY:ROOT` or `ROOT`, and as `NUMBER:HASH` or `HASH`.
    """
    held = {row.day: row.root for row in connection.execute(select(ROOTS.c.day, ROOTS.c.root))}
    for anchor in anchors:
        place, _, said = anchor.strip().lower().rpartition(":")
        if place.isdecimal():
            here = heads.get(int(place), "")
            if here != said:
                yield Finding("audit_entry", place, Flaw.ANCHOR_MISSED, here)
            continue
        known = [held.get(place, "")] if place else [*held.values(), *heads.values()]
        if said not in known:
            yield Finding(ROOT, place or said, Flaw.ANCHOR_MISSED, held.get(place, ""))


def check_repeated(statuses: Sequence[Any], roots: Mapping[str, str]) -> Iterator[Finding]:
    """The roots that devices repeat, as they last said it."""
    for status in statuses:
        if status.audit_day and roots.get(status.audit_day) != status.audit_root:
            detail = f"{status.audit_day}: {status.audit_root}"
            yield Finding("device_status", status.device_id, Flaw.ANCHOR_MISSED, detail)


def _columns(row: Any, root: Root) -> Iterator[Finding]:  # noqa: ANN401 - a row of daily_root
    said = {"day": root.day, "root": root.root, "signed_at": root.issued_at_ms}
    held = {"day": row.day, "root": row.root, "signed_at": to_ms(row.signed_at)}
    for name, value in said.items():
        if held[name] != value:
            yield Finding(ROOT, row.day, Flaw.ROOT_ALTERED, name)


def _place(
    root: Root, before: Root | None, *, station: str, heads: Mapping[int, str]
) -> Iterator[Finding]:
    prev = before.root if before else genesis(station)
    if before is not None:
        expected = date.fromisoformat(before.day) + timedelta(days=1)
        if root.day != expected.isoformat():
            yield Finding(ROOT, expected.isoformat(), Flaw.ROOT_MISSING)
    if root.prev != prev:
        yield Finding(ROOT, root.day, Flaw.ROOT_MISSING, "before it")
    if root.entries and heads.get(root.entries) != root.head:
        yield Finding("audit_entry", str(root.entries), Flaw.DAY_REWRITTEN, root.day)


def _kept_leaves(connection: Connection, day: str) -> list[Any]:
    return list(
        connection.execute(
            select(LEAVES).where(LEAVES.c.day == day).order_by(LEAVES.c.position)
        ).all()
    )


def _tree(root: Root, kept: Sequence[Any]) -> Iterator[Finding]:
    octets = [leaf_octets(row.source, row.about, row.rows, row.sha256) for row in kept]
    made = tree_root(
        octets,
        station=root.station,
        day=root.day,
        prev=root.prev,
        entries=root.entries,
        head=root.head,
    )
    positions = [row.position for row in kept]
    if made != root.root or positions != list(range(len(kept))):
        yield Finding(LEAF, root.day, Flaw.ROOT_ALTERED, "leaves")
    for row in kept:
        if len(row.traces) != row.rows * 8:
            yield Finding(LEAF, f"{root.day}|{row.position}", Flaw.ROOT_ALTERED, "traces")


def _rows(connection: Connection, root: Root, kept: Sequence[Any]) -> Iterator[Finding]:
    """The groups as they are now against those that the root covers, each row by its key."""
    present = {(leaf.source, leaf.about): leaf for leaf in _leaves_now(connection, root)}
    for row in kept:
        leaf = present.pop((row.source, row.about), None)
        key = f"{root.day}|{row.about}" if row.about else root.day
        if leaf is None:
            yield Finding(table_of(row.source), key, Flaw.DAY_REWRITTEN, f"{row.rows} rows gone")
        elif (leaf.sha256, leaf.rows) != (row.sha256, row.rows):
            yield from named(leaf, row)
        elif leaf.traces != bytes(row.traces):
            yield Finding(LEAF, f"{root.day}|{row.position}", Flaw.ROOT_ALTERED, "traces")
    for leaf in present.values():
        if leaf.rows:
            key = f"{root.day}|{leaf.about}" if leaf.about else root.day
            yield Finding(table_of(leaf.source), key, Flaw.DAY_REWRITTEN, f"{leaf.rows} rows more")


def _leaves_now(connection: Connection, root: Root) -> Iterator[Leaf]:
    yield leaf_of_trail(connection, after=root.after, last=root.entries)
    yield from leaves_of_ledger(
        connection,
        begins_at=from_ms(root.begins_ms),
        ends_at=from_ms(root.ends_ms),
        without=OF_DEVICES,
    )
