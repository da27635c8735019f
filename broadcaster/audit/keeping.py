"""Keeping the trail: what a transaction noted is numbered, chained and signed before it commits.

Numbers have no gaps: they are given under a lock that is taken as the last one of a transaction
and held until its end, so nobody waits for it who holds something that others wait for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog
from sqlalchemy import event, func, select
from sqlmodel import Session

from broadcaster.audit.acts import Act
from broadcaster.audit.ends import TrailEnd, keep_end, read_ends
from broadcaster.audit.entries import (
    Entry,
    Fact,
    SealedEntry,
    genesis,
    new_salt,
    private_sha256,
    seal_entry,
    whose,
)
from broadcaster.audit.errors import TrailUnsigned
from broadcaster.audit.facts import HASHED, REGISTRY, fact_of, hashed_fact, table_named
from broadcaster.audit.recording import Noted, begin_notes, notes_begun, notes_of
from broadcaster.audit.tables import ENTRIES, PRIVATE
from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.keys import KeyUnreadable, KeyWatch, StationKeys, load_keys

log = structlog.get_logger()

Pen = Callable[[str], StationKeys]
"""The keys to sign with now, of the station with this id; raises KeyUnreadable."""

_LOCK = int.from_bytes(b"loaaudit")
_SIGNED = "audit_signed"
_OF_KEYS = frozenset({Act.KEY_ROTATED, Act.KEY_REVOKED})
_FACTS_BESIDE_AN_ACT = 200
_FACTS_IN_AN_ENTRY = 500


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def keep_trail(
    database: Database,
    pen: Pen,
    *,
    now: Callable[[], datetime] = utc_now,
    ends_in: Path | None = None,
) -> None:
    """From now on everything that is done through this database leaves a signed entry.

    `now` is asked only where rows changed and nobody said that they acted. `ends_in` is the folder
    of the keys, where the trail's end is kept (`ends`); None for a copy that may be thrown away.
    """
    database.keeper = _Keeper(pen, now, ends_in)


def keep_trail_on_disk(
    database: Database, keys_dir: Path, *, now: Callable[[], datetime] = utc_now
) -> None:
    """The same, signed by the station's own key as it stands on disk, with the end beside it."""
    keep_trail(database, pen_on_disk(keys_dir), now=now, ends_in=keys_dir)


def pen_on_disk(keys_dir: Path) -> Pen:
    """The station's own signing key as it stands on disk, read when something is to be signed."""
    watches: dict[str, KeyWatch] = {}

    def pen(station_id: str) -> StationKeys:
        if station_id not in watches:
            root = load_keys(keys_dir).root_public_key
            watches[station_id] = KeyWatch(keys_dir, station_id=station_id, root_public_key=root)
        return watches[station_id]()

    return pen


def begin_trail(database: Database, *, now: datetime) -> None:
    """Begin the trail of a station that was founded before there was one; else change nothing."""
    with database.writing() as session:
        if session.execute(select(func.count()).select_from(ENTRIES)).scalar_one() == 0:
            notes_of(session).acts.append(_begun(now))


class _Keeper:
    """What a database does at both ends of each writing transaction."""

    def __init__(self, pen: Pen, now: Callable[[], datetime], ends_in: Path | None) -> None:
        self._pen = pen
        self._now = now
        self._ends_in = ends_in

    def begin(self, session: Session) -> None:
        begin_notes(session)

    def end(self, session: Session) -> None:
        session.flush()
        notes = notes_of(session)
        facts = notes.all_facts()
        if notes.acts or facts:
            station_id = session.execute(select(table_named("station").c.id)).scalars().first()
            if station_id is not None:
                acts = notes.acts or [_rows_alone(self._now())]
                self._write(session, station_id, acts, facts)
            elif notes.acts:
                raise TrailUnsigned("no station is founded")
            # Rows from before there is a station stand in its first entry.

    def committed(self, session: Session) -> None:
        signed = session.info.pop(_SIGNED, None)
        if isinstance(signed, _Signed) and self._ends_in is not None:
            keep_end(self._ends_in, signed.end, over_a_break=signed.over_a_break)

    def _write(
        self, session: Session, station_id: str, acts: Sequence[Noted], facts: Sequence[Fact]
    ) -> None:
        try:
            keys = self._pen(station_id)
        except KeyUnreadable as error:
            raise TrailUnsigned(error.detail) from error
        _lock(session)
        # All that is in the file was committed before, so the trail must have it.
        missed = self._ends_in is not None and _is_missed(
            session, read_ends(self._ends_in, station=station_id)
        )
        number, sha256 = _write(session, station_id, acts, facts, keys=keys)
        session.info[_SIGNED] = _Signed(TrailEnd(station_id, number, sha256), missed)


@dataclass(frozen=True, slots=True)
class _Signed:
    """The last entry that a transaction wrote, and whether the end kept before it is missed."""

    end: TrailEnd
    over_a_break: bool


def _is_missed(session: Session, ends: Sequence[TrailEnd]) -> bool:
    """Whether the newest end that was kept is no entry of the trail."""
    if not ends:
        return False
    end = ends[-1]
    held = session.execute(
        select(ENTRIES.c.entry_sha256).where(ENTRIES.c.number == end.number)
    ).scalar()
    if held == end.sha256:
        return False
    log.error("trail_cut_off", number=end.number, held=held or "")
    return True


# Of all sessions at once: to listen to each one alone costs more than what is heard.
@event.listens_for(Session, "before_flush")
def _note_changes(session: Session, *_: object) -> None:
    notes = notes_begun(session)
    if notes is None:
        return
    for row in session.new:
        notes.note_row(row)
    for row in session.dirty:
        if session.is_modified(row):
            notes.note_row(row)
    for row in session.deleted:
        notes.note_gone(row)


def _write(
    session: Session,
    station_id: str,
    acts: Sequence[Noted],
    facts: Sequence[Fact],
    *,
    keys: StationKeys,
) -> tuple[int, str]:
    """Write them behind the trail's end, and say what its end is then: number and hash."""
    last = session.execute(
        select(ENTRIES.c.number, ENTRIES.c.entry_sha256, ENTRIES.c.key_id)
        .order_by(ENTRIES.c.number.desc())
        .limit(1)
    ).first()
    number, prev, key_id = tuple(last) if last else (0, genesis(station_id), "")
    if last is None:
        acts, facts = _from_the_beginning(session, acts)
    for noted, beside in _with_facts(acts, facts):
        number += 1
        salt, said = new_salt(), msgspec.json.encode(noted.private, order="sorted").decode()
        sealed = seal_entry(
            Entry(
                v=1,
                station=station_id,
                number=number,
                prev=prev,
                at_ms=to_ms(noted.at),
                act=noted.act.value,
                by=noted.by,
                about=noted.about,
                details=dict(noted.details),
                private=private_sha256(said, salt=salt) if noted.private else "",
                facts=tuple(beside),
                keyring=keys.keyring if keys.key_id != key_id or noted.act in _OF_KEYS else "",
            ),
            key=keys.signing_key,
        )
        _insert(session, sealed, noted=noted, key_id=keys.key_id)
        if noted.private:
            person = whose(noted.act, by=noted.by, about=noted.about)
            session.execute(
                PRIVATE.insert().values(number=number, person=person, salt=salt, said=said)
            )
        prev, key_id = sealed.sha256, keys.key_id
    return number, prev


def _insert(session: Session, sealed: SealedEntry, *, noted: Noted, key_id: str) -> None:
    entry = sealed.entry
    session.execute(
        ENTRIES.insert().values(
            number=entry.number,
            message=sealed.message,
            entry_sha256=sealed.sha256,
            prev_sha256=entry.prev,
            key_id=key_id,
            at=noted.at,
            act=entry.act,
            person=entry.by,
            about=entry.about,
        )
    )


def _from_the_beginning(
    session: Session, acts: Sequence[Noted]
) -> tuple[Sequence[Noted], list[Fact]]:
    """The first entries hold all that stands in the registry, whoever brought it."""
    facts = [
        fact_of(name, dict(row._mapping))  # noqa: SLF001 - its documented name
        for name in REGISTRY
        for row in session.execute(select(table_named(name)))
    ]
    facts += [
        hashed_fact(name, dict(row._mapping))  # noqa: SLF001 - its documented name
        for name in HASHED
        for row in session.execute(
            select(table_named(name)).where(table_named(name).c.frozen.is_(True))
        )
    ]
    begins = any(each.act in {Act.STATION_FOUNDED, Act.TRAIL_BEGUN} for each in acts)
    return (acts if begins else [_begun(acts[0].at), *acts]), facts


def _begun(at: datetime) -> Noted:
    return Noted(act=Act.TRAIL_BEGUN, by="", about="", at=at, details={}, private={})


def _rows_alone(at: datetime) -> Noted:
    return Noted(act=Act.FACTS_RECORDED, by="", about="", at=at, details={}, private={})


def _with_facts(
    acts: Sequence[Noted], facts: Sequence[Fact]
) -> Iterator[tuple[Noted, Sequence[Fact]]]:
    """Each act with its facts; what does not fit beside the last one stands behind it."""
    behind = _rows_alone(acts[-1].at)
    fits = len(facts) <= _FACTS_BESIDE_AN_ACT
    for place, noted in enumerate(acts, start=1):
        yield noted, facts if fits and place == len(acts) else ()
    if not fits:
        for begin in range(0, len(facts), _FACTS_IN_AN_ENTRY):
            some = facts[begin : begin + _FACTS_IN_AN_ENTRY]
            yield behind, some


def _lock(session: Session) -> None:
    connection: Any = session.connection()
    if connection.dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
