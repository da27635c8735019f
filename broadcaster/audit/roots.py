"""The daily root: one signed hash over a day of the trail and the ledger, and over all days before.

Devices keep the newest and repeat it, reports print it: whoever owns the database may rewrite
yesterday with everything that hangs on it, and not what hundreds of poles say it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from nacl.signing import VerifyKey
from sqlalchemy import Connection, func, select
from sqlmodel import Session

from broadcaster.audit.entries import ROOT_TYP, genesis
from broadcaster.audit.facts import table_named
from broadcaster.audit.leaves import Leaf, leaf_of_trail, leaves_of_ledger
from broadcaster.audit.merkle import merkle_root
from broadcaster.audit.tables import ENTRIES, LEAVES, ROOTS
from broadcaster.database.columns import to_ms
from broadcaster.keys import StationKeys
from devices.errors import MalformedMessage
from devices.protocol.jws import seal, unseal, unverified_payload
from devices.protocol.roots import AuditRoot

SETTLED_AFTER = timedelta(minutes=10)
"""How long after midnight what came before it is written for sure."""

_DAYS_AT_ONCE = 400
# Asked in every transaction of the ingest: made once.
_NEWEST = select(ROOTS.c.day, ROOTS.c.root).order_by(ROOTS.c.day.desc()).limit(1)


class Root(
    Struct, frozen=True, kw_only=True, tag_field="kind", tag="audit-root", omit_defaults=True
):
    """A day's root as it is signed: over the root before it, the trail's end, and the ledger.

    `begins_ms` and `ends_ms` bound the local day; `entries` is the last number of the trail that
    is in it, whose hash is `head`.
    """

    v: Literal[1]
    station: str
    day: str
    begins_ms: int
    ends_ms: int
    prev: str
    after: int
    entries: int
    head: str
    root: str
    issued_at_ms: int


@dataclass(frozen=True, slots=True)
class MadeRoot:
    """A root with its leaves, before it is written."""

    root: Root
    leaves: Sequence[Leaf]


def make_due_roots(
    session: Session, *, station_id: str, zone: ZoneInfo, keys: StationKeys, now: datetime
) -> int:
    """Sign the root of each day that is over and has none; count them.

    The first is that of the day before the one on which this is first asked.
    """
    made = 0
    for day in _due_days(session, zone=zone, now=now):
        _write(
            session,
            root_of_day(session.connection(), day, station_id=station_id, zone=zone, now=now),
            keys=keys,
            now=now,
        )
        made += 1
    return made


def newest_root(connection: Connection) -> AuditRoot | None:
    """The newest root, as devices are told it."""
    row = connection.execute(_NEWEST).first()
    return AuditRoot(day=row.day, root=row.root) if row else None


def root_of_day(
    connection: Connection, day: date, *, station_id: str, zone: ZoneInfo, now: datetime
) -> MadeRoot:
    """The root of a local day, over what the database holds of it now."""
    begins_at, ends_at = bounds_of(day, zone=zone)
    before = connection.execute(
        select(ROOTS.c.root, ROOTS.c.message)
        .where(ROOTS.c.day < day.isoformat())
        .order_by(ROOTS.c.day.desc())
        .limit(1)
    ).first()
    after = read_root(before.message).entries if before else 0
    last, head = _end_of_trail(connection, station_id)
    prev = before.root if before else genesis(station_id)
    leaves = [
        leaf_of_trail(connection, after=after, last=last),
        *leaves_of_ledger(connection, begins_at=begins_at, ends_at=ends_at),
    ]
    root = Root(
        v=1,
        station=station_id,
        day=day.isoformat(),
        begins_ms=to_ms(begins_at),
        ends_ms=to_ms(ends_at),
        prev=prev,
        after=after,
        entries=last,
        head=head,
        root=tree_root(
            [leaf.octets for leaf in leaves],
            station=station_id, day=day.isoformat(), prev=prev, entries=last, head=head,
        ),
        issued_at_ms=to_ms(now),
    )  # fmt: skip
    return MadeRoot(root, leaves)


def tree_root(
    leaves: Sequence[bytes], *, station: str, day: str, prev: str, entries: int, head: str
) -> str:
    """The Merkle root over what a root says of itself, and over its leaves."""
    return merkle_root([f"{station}\n{day}\n{prev}\n{entries}\n{head}".encode(), *leaves])


def open_root(message: str, *, trusted: Mapping[str, VerifyKey]) -> Root:
    """Verify a kept root against keys by their id; raise a ContractViolation."""
    return _decoded(unseal(message.encode(), typ=ROOT_TYP, trusted=trusted).payload)


def read_root(message: str) -> Root:
    """What a kept root says; its signature is not looked at."""
    return _decoded(unverified_payload(message.encode()))


def bounds_of(day: date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants between which a local day lies."""
    return (
        datetime.combine(day, time.min, tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone),
    )


def _decoded(payload: bytes) -> Root:
    try:
        return msgspec.json.decode(payload, type=Root)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error


def _due_days(session: Session, *, zone: ZoneInfo, now: datetime) -> Iterator[date]:
    yesterday = (now - SETTLED_AFTER).astimezone(zone).date() - timedelta(days=1)
    newest = session.execute(select(func.max(ROOTS.c.day))).scalar_one_or_none()
    day = date.fromisoformat(newest) + timedelta(days=1) if newest else yesterday
    # A clock that jumped far ahead must not sign centuries.
    for _ in range(_DAYS_AT_ONCE):
        if day > yesterday:
            return
        yield day
        day += timedelta(days=1)


def _end_of_trail(connection: Connection, station_id: str) -> tuple[int, str]:
    row = connection.execute(
        select(ENTRIES.c.number, ENTRIES.c.entry_sha256).order_by(ENTRIES.c.number.desc()).limit(1)
    ).first()
    return (row.number, row.entry_sha256) if row else (0, genesis(station_id))


def _write(session: Session, made: MadeRoot, *, keys: StationKeys, now: datetime) -> None:
    root = made.root
    session.execute(
        ROOTS.insert().values(
            day=root.day,
            root=root.root,
            message=seal(msgspec.json.encode(root), typ=ROOT_TYP, key=keys.signing_key),
            signed_at=now,
        )
    )
    session.execute(
        LEAVES.insert(),
        [
            {
                "day": root.day,
                "position": position,
                "source": leaf.source,
                "about": leaf.about,
                "rows": leaf.rows,
                "sha256": leaf.sha256,
                "traces": leaf.traces,
            }
            for position, leaf in enumerate(made.leaves)
        ],
    )


def station_zone(session: Session) -> ZoneInfo:
    """The zone in which the station's days begin."""
    return ZoneInfo(session.execute(select(table_named("station").c.zone)).scalar_one())
