"""Joining: the other station's rows become ours in one transaction, or nothing does.

Files come first and are harmless without the rows: sounds are named by their hashes, and its ledger
lies in a folder of its own that nobody reads before the row that names it is there.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import structlog
from sqlalchemy import Integer, Table, func, select
from sqlmodel import Session, SQLModel, col

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Cluster, JoinedStation
from broadcaster.audit import Act, record, record_facts
from broadcaster.audit.facts import HASHED, REGISTRY, table_named
from broadcaster.database import Database
from broadcaster.fleet.tables import JoinedDevice
from broadcaster.inspection.exporting import MANIFEST, export_ledger
from broadcaster.inspection.table_files import FileFormat
from broadcaster.joining.carried import CARRIED, Row, Way
from broadcaster.joining.errors import Undecided
from broadcaster.joining.meeting import Decisions, Meeting, check_decisions, decided, meet
from broadcaster.joining.other import Other
from broadcaster.joining.preparing import forget_joined
from broadcaster.ledger.bulk import chunks, connection_of
from broadcaster.ledger.plays import lock_plays
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.tables import MARKS
from playlists.audio.sounds import Sounds

log = structlog.get_logger()

EVIDENCE = "joined"
"""The folder of the station's state in which the ledgers of joined stations are kept."""

_ROWS_AT_ONCE = 1_000

_NAMED_APART = {
    ("play_share", "device_id"): "device",
    ("incident", "device_id"): "device",
    ("alert", "device_id"): "device",
    ("device", "id"): "device",
    ("account", "id"): "account",
}
"""Columns that hold ids of devices and persons without a foreign key that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of joining; of a second time there is nothing in `rows`."""

    station: JoinedStation
    rows: Mapping[str, int]


def evidence_folder(state_dir: Path, station_id: str) -> Path:
    """Where the ledger of a joined station is kept as it was."""
    return state_dir / EVIDENCE / station_id


def digest_of(folder: Path) -> str:
    """The hash of what an evidence's manifest says, which names the hash of each of its files."""
    return sha256((folder / MANIFEST).read_bytes()).hexdigest()


def join(
    database: Database,
    other: Other,
    *,
    state_dir: Path,
    sounds: Sounds,
    decisions: Decisions,
    by: str | None,
    now: datetime,
) -> Brought:
    """Join the other station to ours; a second time does nothing.

    Raises Undecided, DecisionsUnreadable, and what `meet` raises; nothing is changed then.
    """
    with database.reading() as session:
        meeting = _met(session, other, decisions)
    if meeting.joined is not None:
        return Brought(station=meeting.joined, rows={})
    evidence = _keep_evidence(other, state_dir, now=now)
    _keep_sounds(other, sounds)
    with database.writing() as session:
        lock_plays(connection_of(session))
        meeting = _met(session, other, decisions)  # as it is now that nobody else writes
        if meeting.joined is not None:
            return Brought(station=meeting.joined, rows={})
        rows = _bring(session, other, meeting, decisions, now=now)
        station = session.get_one(JoinedStation, other.station.id)
        station.evidence_sha256 = evidence
        forget_joined(session, other_id=other.station.id, station_id=station.station_id)
        record(
            session,
            Act.STATION_JOINED,
            by=by,
            about=station.id,
            at=now,
            details={"root": other.root_key, "evidence": evidence, "rows": sum(rows.values())},
        )
        session.flush()
        session.expunge(station)
    log.info("station_joined", station=station.id, rows=sum(rows.values()))
    return Brought(station=station, rows=rows)


def _met(session: Session, other: Other, decisions: Decisions) -> Meeting:
    meeting = meet(session, other, station=the_station(session), decisions=decisions)
    if meeting.joined is not None:
        session.expunge(meeting.joined)
        return meeting
    check_decisions(decisions, meeting.questions)
    if meeting.undecided:
        raise Undecided("; ".join(f"{each.kind} {each.code}" for each in meeting.undecided))
    return meeting


def _keep_evidence(other: Other, state_dir: Path, *, now: datetime) -> str:
    """Its ledger as files, whole and apart; what an earlier attempt left is made anew."""
    folder = evidence_folder(state_dir, other.station.id)
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    export_ledger(other.connection, folder, kind=FileFormat.JSONL, now=now)
    return digest_of(folder)


def _keep_sounds(other: Other, sounds: Sounds) -> None:
    """Every sound, whole before it has its name; one that is here already stays."""
    for file in sorted(other.audio_dir.glob("*.mp3")):
        sounds.put(file)


def _bring(
    session: Session, other: Other, meeting: Meeting, decisions: Decisions, *, now: datetime
) -> Mapping[str, int]:
    station_id = the_station(session).id
    way = _way(session, other, meeting, decisions, station_id=station_id, now=now)
    session.add(
        JoinedStation(
            id=other.station.id,
            station_id=station_id,
            name=other.station.name,
            commune=other.station.commune,
            province=other.station.province,
            public_key=other.root_key,
            as_of=other.as_of,
            joined_at=now,
            evidence_sha256="",
        )
    )
    session.flush()
    rows: dict[str, int] = {}
    for name in CARRIED:
        rows[name] = _bring_table(session, other, name, way)
        if name == "device":
            _say_whence(session, other, way)
    _count_anew(session, other)
    return rows


def _way(
    session: Session,
    other: Other,
    meeting: Meeting,
    decisions: Decisions,
    *,
    station_id: str,
    now: datetime,
) -> Way:
    said = decided(session, other, meeting, decisions, station_id=station_id)
    broadcast, sound = table_named("broadcast").c, table_named("emergency_sound").c
    phone, program = table_named("head_phone").c, table_named("api_token").c
    last = session.execute(
        select(func.max(Cluster.position)).where(col(Cluster.station_id) == station_id)
    ).scalar()
    begun = select(broadcast.id).where(broadcast.starts_at <= other.as_of)
    return Way(
        station_id=station_id,
        now=now,
        as_of=other.as_of,
        last_cluster=last or 0,
        devices=said.devices,
        people=said.people,
        programs=frozenset(other.connection.execute(select(program.id)).scalars()),
        names=said.names,
        with_phone=frozenset(session.execute(select(phone.account_id)).scalars()),
        sounds=frozenset(session.execute(select(sound.script_sha256)).scalars()),
        broadcasts=frozenset(other.connection.execute(begun).scalars()),
    )


def _bring_table(session: Session, other: Other, name: str, way: Way) -> int:
    count = 0
    for some in chunks(_rows(session, other, name, way), size=_ROWS_AT_ONCE):
        _insert(session, name, some)
        if name in HASHED:
            record_facts(session, name, [row for row in some if row["frozen"]])
        count += len(some)
    return count


def _rows(session: Session, other: Other, name: str, way: Way) -> Iterator[Row]:
    """The rows of a table that come along, as they will stand here."""
    table, change = table_named(name), CARRIED[name]
    held = _kept_already(session, name)
    for row in other.rows(name):
        changed = change(_under_codes_here(table, row, way), way)
        if changed is None or (changed.get("evidence_sha256"), changed.get("code")) in held:
            continue
        named = way.names.get((name, str(row.get("id"))))
        if named is not None:
            changed["username" if name == "account" else "name"] = named
        if _is_counted(table):
            del changed["id"]
        yield changed


def _kept_already(session: Session, name: str) -> frozenset[tuple[str, str]]:
    """Evidence is known by its hash: what both were told by the same stranger is kept once."""
    if name != "incident":
        return frozenset()
    incident = table_named(name).c
    found = session.execute(select(incident.evidence_sha256, incident.code))
    return frozenset((row.evidence_sha256, row.code) for row in found)


def _under_codes_here(table: Table, row: Row, way: Way) -> Row:
    """The row as this station's, with the codes that devices and persons have here."""
    changed = dict(row)
    for column in table.columns:
        value = row[column.name]
        target = _target(table, column.name)
        if target == "station" and value is not None:
            changed[column.name] = way.station_id
        elif target == "device":
            changed[column.name] = way.devices.get(value, value)
        elif target == "account":
            changed[column.name] = way.people.get(value, value)
    return changed


@cache
def _target(table: Table, column: str) -> str:
    """The table whose id a column holds, or none."""
    for key in table.columns[column].foreign_keys:
        return str(key.column.table.name)
    return _NAMED_APART.get((table.name, column), "")


def _is_counted(table: Table) -> bool:
    """Whether the database numbers the rows itself."""
    keys = list(table.primary_key)
    return len(keys) == 1 and keys[0].name == "id" and isinstance(keys[0].type, Integer)


def _insert(session: Session, name: str, rows: Sequence[Row]) -> None:
    """Rows that figures rest on go by the session, which tells the trail of them."""
    if name in REGISTRY:
        session.add_all(_classes()[name](**row) for row in rows)
        session.flush()
    else:
        connection_of(session).execute(table_named(name).insert(), list(rows))


@cache
def _classes() -> Mapping[str, type[SQLModel]]:
    return {
        str(each.__tablename__): each
        for each in SQLModel.__subclasses__()
        if hasattr(each, "__table__")
    }


def _say_whence(session: Session, other: Other, way: Way) -> None:
    """Under which name, and to which station, each of its devices signed what it said."""
    session.add_all(
        JoinedDevice(
            device_id=way.devices.get(code, code),
            joined_station_id=other.station.id,
            signed_as=code,
            joined_at=way.now,
        )
        for code in other.values("device", "name")
    )
    session.flush()


def _count_anew(session: Session, other: Other) -> None:
    """Bring months and years to what came: the villages' own past, beside that of ours."""
    share = table_named("play_share").c
    begun = select(share.broadcast_id).where(share.frozen.is_(True)).distinct()
    connection = connection_of(session)
    for some in chunks(list(other.connection.execute(begun).scalars())):
        connection.execute(MARKS.insert(), [{"broadcast_id": each} for each in some])
    while roll_up(session).broadcasts:
        pass
