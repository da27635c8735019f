"""Every device in service with its figures and its verdict, as one statement of the database.

Ten thousand devices are judged and put in order there, so that a page need only read its part. The
verdict is that of `DeviceTrend.verdict`; a test holds both together.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from broadcaster.areas.tables import Cluster
from broadcaster.database.columns import to_ms
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceShare, DeviceStatus
from broadcaster.ledger.device_verdicts import (
    FADING,
    REPEATED,
    SILENT_AFTER,
    WEAK,
    WINDOW,
    Verdict,
)
from broadcaster.ledger.play_state import FAULTS, OPEN, STOPPED_BY_ORDER, PlayState
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.tables import HEADS, PLAYS

_TABLES = Device.metadata.tables
DEVICES = _TABLES["device"]
_CLUSTERS = Cluster.metadata.tables["cluster"]
_STATUSES = DeviceStatus.metadata.tables["device_status"]
_HEALTHS = DeviceHealth.metadata.tables["device_health"]
_DEVICE_SHARES = DeviceShare.metadata.tables["device_share"]

URGENCY = {verdict: number for number, verdict in enumerate(Verdict)}


def some_of(
    judged: Subquery, *, cluster_id: str = "", is_placed: bool | None = None
) -> Select[Any]:
    """All of them, or those of one cluster, with a place on the map or without."""
    wanted: Select[Any] = select(judged)
    if cluster_id:
        wanted = wanted.where(judged.c.cluster_id == cluster_id)
    if is_placed is not None:
        there = judged.c.latitude.is_not(None)
        wanted = wanted.where(there if is_placed else ~there)
    return wanted


def most_urgent_first(wanted: Select[Any], judged: Subquery) -> Select[Any]:
    """In the order in which a person should look at them."""
    return wanted.order_by(
        judged.c.urgency,
        judged.c.days_silent.desc(),
        judged.c.change,
        judged.c.name,
        judged.c.id,
    )


def judged_devices(
    *, station_id: str, villages: Villages, now: datetime, only: str | None = None
) -> Subquery:
    """Each device with its figures, and its verdict as `DeviceTrend.verdict` has it."""
    at = to_ms(now)
    told = _told(station_id=station_id, villages=villages, now=now, only=only)
    recent, before = _share_in(told, "recent"), _share_in(told, "before")
    change = recent - before
    silent_ms = at - told.c.heard_ms
    urgency = case(
        (told.c.heard_ms == NEVER, URGENCY[Verdict.NEVER_HEARD]),
        (silent_ms >= SILENT_AFTER // _MILLISECOND, URGENCY[Verdict.SILENT]),
        (told.c.worst >= REPEATED, URGENCY[Verdict.FAULTY]),
        (change <= -FADING, URGENCY[Verdict.DECAYING]),
        (and_(told.c.recent_asked >= REPEATED, recent < WEAK), URGENCY[Verdict.WEAK]),
        else_=URGENCY[Verdict.GOOD],
    )
    days = case(
        (told.c.heard_ms == NEVER, 0), else_=silent_ms // (timedelta(days=1) // _MILLISECOND)
    )
    return select(
        told,
        urgency.label("urgency"),
        days.label("days_silent"),
        func.coalesce(change, 0.0).label("change"),
    ).subquery("judged")


_MILLISECOND = timedelta(milliseconds=1)
NEVER = -1


def _share_in(told: Subquery, window: str) -> ColumnElement[Any]:
    """Confirmed of asked; NULL where nothing was asked."""
    asked = func.nullif(told.c[f"{window}_asked"], 0)
    return cast(told.c[f"{window}_confirmed"], Double) / cast(asked, Double)


def _told(*, station_id: str, villages: Villages, now: datetime, only: str | None) -> Subquery:
    """The devices asked for, when each was last heard of, and how its plays went."""
    heads = select(HEADS.c.device_id, func.max(_ms(HEADS.c.moved_at)).label("moved_ms"))
    if only is not None:
        heads = heads.where(HEADS.c.device_id == only)
    moved = heads.group_by(HEADS.c.device_id).subquery("moved")
    played, failed = _played(now=now, only=only), _failed(now=now, only=only)
    heard = _latest(_ms(_STATUSES.c.received_at), _ms(_HEALTHS.c.received_at), moved.c.moved_ms)
    statement = (
        select(
            DEVICES.c.id,
            DEVICES.c.name,
            DEVICES.c.cluster_id,
            DEVICES.c.latitude,
            DEVICES.c.longitude,
            DEVICES.c.simulated,
            _CLUSTERS.c.name.label("cluster_name"),
            _STATUSES.c.online,
            heard.label("heard_ms"),
            played.c.recent_asked,
            played.c.recent_confirmed,
            played.c.before_asked,
            played.c.before_confirmed,
            played.c.confirmed_ms,
            failed.c.worst,
        )
        .join(_CLUSTERS, _CLUSTERS.c.id == DEVICES.c.cluster_id)
        .join(_STATUSES, _STATUSES.c.device_id == DEVICES.c.id, isouter=True)
        .join(_HEALTHS, _HEALTHS.c.device_id == DEVICES.c.id, isouter=True)
        .join(moved, moved.c.device_id == DEVICES.c.id, isouter=True)
        .join(played, played.c.device_id == DEVICES.c.id, isouter=True)
        .join(failed, failed.c.device_id == DEVICES.c.id, isouter=True)
    )
    if only is not None:
        statement = statement.where(DEVICES.c.id == only)
    statement = in_service(statement, station_id=station_id, villages=villages)
    return statement.subquery("told")


def in_service(wanted: Select[Any], *, station_id: str, villages: Villages) -> Select[Any]:
    """The devices of a station in service that reach a village in view."""
    wanted = wanted.where(DEVICES.c.station_id == station_id, DEVICES.c.retired_at.is_(None))
    if villages is None:
        return wanted
    reaching = select(_DEVICE_SHARES.c.device_id).where(
        _DEVICE_SHARES.c.village_id.in_(villages), _DEVICE_SHARES.c.device_id.is_not(None)
    )
    return wanted.where(DEVICES.c.id.in_(reaching))


def _ms(instant: ColumnElement[Any]) -> ColumnElement[int]:
    """An instant as the number that the table holds: ten thousand dates need not be made."""
    return type_coerce(instant, BigInteger)


def _latest(*instants: ColumnElement[Any]) -> ColumnElement[int]:
    """The latest of instants that may be missing; SQLite and PostgreSQL name this otherwise."""
    latest: ColumnElement[int] = literal(NEVER, BigInteger)
    for instant in instants:
        known = func.coalesce(instant, NEVER)
        latest = case((known > latest, known), else_=latest)
    return latest


def _in_windows(now: datetime, only: str | None, *, recent: bool) -> ColumnElement[bool]:
    begins = now - (WINDOW if recent else 2 * WINDOW)
    wanted = and_(PLAYS.c.starts_at >= begins, PLAYS.c.starts_at < now)
    return wanted if only is None else and_(wanted, PLAYS.c.device_id == only)


# What was cut because the station said so tells nothing of the device, for good or ill.
_NOT_BY_ORDER = or_(
    PLAYS.c.state != PlayState.CUT, func.coalesce(PLAYS.c.code, "") != STOPPED_BY_ORDER
)


def _played(*, now: datetime, only: str | None) -> Subquery:
    """How many plays have ended and were confirmed in either window, by device."""
    is_recent = PLAYS.c.starts_at >= now - WINDOW
    is_confirmed = PLAYS.c.state == PlayState.CONFIRMED

    def times(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((and_(*conditions), 1), else_=0))

    return (
        select(
            PLAYS.c.device_id,
            times(is_recent).label("recent_asked"),
            times(is_recent, is_confirmed).label("recent_confirmed"),
            times(~is_recent).label("before_asked"),
            times(~is_recent, is_confirmed).label("before_confirmed"),
            func.max(case((is_confirmed, _ms(PLAYS.c.starts_at)))).label("confirmed_ms"),
        )
        .where(_in_windows(now, only, recent=False), PLAYS.c.state.not_in(OPEN), _NOT_BY_ORDER)
        .group_by(PLAYS.c.device_id)
        .subquery("played")
    )


_CODE = func.coalesce(func.nullif(PLAYS.c.code, ""), PLAYS.c.state)
"""What the device itself said went wrong; a word that never came is no fault of its own."""


def faults_of(now: datetime, only: str | None) -> Select[Any]:
    """How often each fault of the last window came, by device and code."""
    return (
        select(PLAYS.c.device_id, _CODE.label("code"), func.count().label("times"))
        .where(_in_windows(now, only, recent=True), PLAYS.c.state.in_(FAULTS), _NOT_BY_ORDER)
        .group_by(PLAYS.c.device_id, _CODE)
    )


def _failed(*, now: datetime, only: str | None) -> Subquery:
    """How often the most frequent fault of the last window came, by device."""
    faults = faults_of(now, only).subquery()
    return (
        select(faults.c.device_id, func.max(faults.c.times).label("worst"))
        .group_by(faults.c.device_id)
        .subquery("failed")
    )
