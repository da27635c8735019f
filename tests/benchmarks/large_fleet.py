"""What a large station knows of its devices, and the plays of what is on air there these days.

Nine of ten devices are connected, some are silent, some were never heard of; each has a place on
the map. Rows are inserted in bulk, as enrolment, status, ingest and planning would have left them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlmodel import Session, SQLModel

from broadcaster.ledger.tables import HEADS, JOURNALS, PLAYS, SHARES
from tests.benchmarks.province import DEVICES, VILLAGES

POLES = DEVICES // VILLAGES
_TABLES = SQLModel.metadata.tables
_AT_ONCE = 20_000
_FIRST_DAY = date(2026, 1, 1)
_UNVERIFIABLE = 0.2
_HOUSEHOLDS, _RESIDENTS = 100, 400
_NEVER_HEARD, _SILENT = range(1), range(1, 6)
"""Of a hundred devices."""


def raise_fleet(session: Session, *, communes: int, now: datetime) -> None:
    """People in every village, shares of every device, and what each device last said."""
    connection = session.connection()
    poles = [(commune, number) for commune in range(communes) for number in range(DEVICES)]
    _place(connection, poles)
    _insert(connection, _TABLES["village_population"], _people(communes))
    _insert(connection, _TABLES["device_share"], _reached(communes))
    heard = [pole for pole in poles if _of_hundred(pole) not in _NEVER_HEARD]
    _insert(connection, JOURNALS, (_journal(pole, now=now) for pole in heard))
    _insert(connection, HEADS, (_head(pole, now=now) for pole in heard))
    _insert(connection, _TABLES["device_status"], (_status(pole, now=now) for pole in heard))
    _insert(connection, _TABLES["device_health"], (_health(pole, now=now) for pole in heard))
    connection.exec_driver_sql(
        "INSERT INTO alert (code, broadcast_id, device_id, raised_at)"
        " SELECT 'not_confirmed', broadcast_id, device_id, end_due_at FROM play"
        " WHERE state = 'not_confirmed'"
    )


def expect_plays(
    session: Session, *, order: str, broadcast: str, commune: int, at: datetime, now: datetime
) -> None:
    """The plays of one broadcast in one commune, and whom they are to reach."""
    connection = session.connection()
    _insert(
        connection, PLAYS,
        (_play(order, broadcast, commune, number, at=at, now=now) for number in range(DEVICES)),
    )  # fmt: skip
    _insert(connection, SHARES, _shares(order, broadcast, commune, at=at))


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    left = iter(rows)
    while some := list(islice(left, _AT_ONCE)):
        connection.execute(insert(table), some)


def _of_hundred(pole: tuple[int, int]) -> int:
    commune, number = pole
    return (commune * DEVICES + number) % 100


def _place(connection: Connection, poles: list[tuple[int, int]]) -> None:
    """A commune each tenth of a degree, its poles a few hundred metres apart."""
    connection.exec_driver_sql(
        "UPDATE device SET latitude = ?, longitude = ? WHERE id = ?",
        [
            (
                20.5 + commune // 20 * 0.1 + number // 8 * 0.006,
                105.5 + commune % 20 * 0.1 + number % 8 * 0.006,
                f"d-{commune}-{number}",
            )
            for commune, number in poles
        ],
    )


def _people(communes: int) -> Iterator[Mapping[str, Any]]:
    for commune in range(communes):
        for village in range(VILLAGES):
            yield {
                "village_id": f"v-{commune}-{village}", "valid_from": _FIRST_DAY,
                "households": _HOUSEHOLDS, "residents": _RESIDENTS,
            }  # fmt: skip


def _reached(communes: int) -> Iterator[Mapping[str, Any]]:
    for commune in range(communes):
        for village in range(VILLAGES):
            for device, share in _of_village(commune, village):
                yield {
                    "device_id": device or None, "village_id": f"v-{commune}-{village}",
                    "share": share, "valid_from": _FIRST_DAY, "valid_until": None,
                }  # fmt: skip


def _of_village(commune: int, village: int) -> list[tuple[str, float]]:
    poles = [f"d-{commune}-{village * POLES + each}" for each in range(POLES)]
    return [("", _UNVERIFIABLE), *((each, (1 - _UNVERIFIABLE) / POLES) for each in poles)]


def _id(pole: tuple[int, int]) -> str:
    commune, number = pole
    return f"d-{commune}-{number}"


def _journal(pole: tuple[int, int], *, now: datetime) -> Mapping[str, Any]:
    long_ago = now - timedelta(days=300)
    return {"device_id": _id(pole), "epoch": "e", "number": 1, "first_heard_at": long_ago}


def _head(pole: tuple[int, int], *, now: datetime) -> Mapping[str, Any]:
    return {
        "device_id": _id(pole), "epoch": "e", "seq": 50, "chain_sha256": "0" * 64,
        "moved_at": _heard_at(pole, now=now),
    }  # fmt: skip


def _status(pole: tuple[int, int], *, now: datetime) -> Mapping[str, Any]:
    at = _heard_at(pole, now=now)
    return {
        "device_id": _id(pole), "online": _of_hundred(pole) not in _SILENT, "boot": "b",
        "software": "1.0.0", "plan_version": 1, "epoch": "e", "seq": 50, "said_at": at,
        "received_at": at, "number": 1, "will": 0, "config_version": 1, "keyring_serial": 1,
        "now_sequence": 0, "audit_day": "", "audit_root": "",
    }  # fmt: skip


def _health(pole: tuple[int, int], *, now: datetime) -> Mapping[str, Any]:
    at = _heard_at(pole, now=now)
    said = {"temperature_c": 41.5, "volume_percent": 80, "disk_free_bytes": 4_000_000_000}
    return {"device_id": _id(pole), "said": said, "said_at": at, "received_at": at}


def _heard_at(pole: tuple[int, int], *, now: datetime) -> datetime:
    """The silent ones days ago."""
    there = _of_hundred(pole)
    return now - (timedelta(days=there) if there in _SILENT else timedelta(seconds=there % 60))


def _play(
    order: str, broadcast: str, commune: int, number: int, *, at: datetime, now: datetime
) -> Mapping[str, Any]:
    over = at < now - timedelta(minutes=5)
    said = (number + commune) % 7 != 0
    state = ("confirmed" if said else "not_confirmed") if over else "cached" if said else "planned"
    return {
        "order_id": order, "repeat": 0, "device_id": f"d-{commune}-{number}",
        "broadcast_id": broadcast, "cluster_id": f"c-{commune}", "device_name": f"Loa {number}",
        "title": "Bản tin", "topic": "y tế", "audio_sha256": "ab", "asked_ms": 92_000,
        "starts_at": at, "start_due_at": at + timedelta(seconds=90),
        "end_due_at": at + timedelta(seconds=240), "frozen": over, "state": state,
        "reached": "finished" if state == "confirmed" else "cached" if said else "planned",
        "played_ms": 92_000 if state == "confirmed" else 0, "clock_doubtful": False,
        "started_at": at if state == "confirmed" else None,
        "relay": False, "simulated": False,
    }  # fmt: skip


def _shares(order: str, broadcast: str, commune: int, *, at: datetime) -> Iterator[dict[str, Any]]:
    for village in range(VILLAGES):
        for device, share in _of_village(commune, village):
            yield {
                "order_id": order, "device_id": device, "village_id": f"v-{commune}-{village}",
                "broadcast_id": broadcast, "cluster_id": f"c-{commune}",
                "cluster_name": f"Xã {commune}", "village_name": f"Thôn {village}",
                "topic": "y tế", "households": _HOUSEHOLDS, "residents": _RESIDENTS,
                "share": share, "starts_at": at, "frozen": True,
            }  # fmt: skip
