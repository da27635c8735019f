"""What goes up: how the loudspeakers stand, what is planned, and what the ledger confirms.

A play goes up once for each time that the ledger folded it to an outcome; late word makes a newer
version of the same log. Nothing is said that the ledger does not hold: no end that nobody reported,
and never that anybody heard it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.exchange.codes import Activity, topic_code
from broadcaster.exchange.envelope import envelope
from broadcaster.exchange.mapping import DeviceState, PlayLog, ScheduledItem, mapping_of
from broadcaster.exchange.outbox import Outgoing, put
from broadcaster.exchange.tables import ExchangedPlay, ExchangeLink, ReceivedBulletin
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceStatus
from broadcaster.ledger.play_state import OPEN, PlayState
from broadcaster.ledger.tables import Play
from broadcaster.ledger.wording import mark_of
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule
from broadcaster.web.play_marks import PLAY_MARKS

PLAYS_AT_ONCE = 500
LOOKED_BACK = timedelta(days=60)
"""How old a play may be that late word makes worth telling; devices keep theirs until receipted."""

AHEAD = timedelta(days=8)
"""As far as plans reach."""


FreshPlay = tuple[Play, str | None]
"""A play that is to be told, and the bulletin that it was of, if it was of one."""


def gather(
    session: Session, link: ExchangeLink, plays: Sequence[FreshPlay], *, now: datetime
) -> int:
    """Put what is new among what goes up; how many plays. The link is held by the caller."""
    station = session.get_one(Station, link.station_id)
    put_status(session, link, station, now=now)
    put_schedule(session, link, station, now=now)
    return put_plays(session, link, station, plays, now=now)


def looked_back_to(link: ExchangeLink, *, now: datetime) -> datetime:
    """Plays that began before are told no more, and were not before the link was."""
    return max(link.since or now, now - LOOKED_BACK)


def put_status(session: Session, link: ExchangeLink, station: Station, *, now: datetime) -> None:
    """How each loudspeaker stands by its own newest word."""
    mapping = mapping_of(link.mapping)
    rows = session.exec(
        select(Device, DeviceStatus, DeviceHealth)
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id), isouter=True)
        .join(DeviceHealth, col(DeviceHealth.device_id) == col(Device.id), isouter=True)
        .where(Device.station_id == station.id, col(Device.retired_at).is_(None))
        .order_by(col(Device.id))
    ).all()
    playing = set(
        session.exec(
            select(Play.device_id).where(
                Play.state == PlayState.STARTED, col(Play.end_due_at) > now
            )
        ).all()
    )
    devices = [
        mapping.write_device(_device(link, *each, is_playing=each[0].id in playing))
        for each in rows
    ]
    document = envelope(link, station, now=now) | {"ThietBi": devices}
    put(
        session, station_id=station.id, kind=Outgoing.STATUS, about="status",
        document=document, now=now,
    )  # fmt: skip


def put_schedule(session: Session, link: ExchangeLink, station: Station, *, now: datetime) -> bool:
    """All that is planned from today on, where it differs from what was put last."""
    mapping = mapping_of(link.mapping)
    zone = ZoneInfo(station.zone)
    day = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = session.exec(
        select(Broadcast)
        .join(Schedule, col(Schedule.id) == col(Broadcast.schedule_id))
        .where(
            Schedule.station_id == station.id,
            col(Broadcast.cancelled_at).is_(None),
            col(Broadcast.starts_at) >= day,
            col(Broadcast.starts_at) < now + AHEAD,
        )
        .order_by(col(Broadcast.starts_at), col(Broadcast.id))
    ).all()
    clusters: dict[str, list[str]] = defaultdict(list)
    for broadcast_id, cluster_id in session.exec(
        select(BroadcastOrder.broadcast_id, BroadcastOrder.cluster_id)
        .where(col(BroadcastOrder.broadcast_id).in_([each.id for each in rows]))
        .order_by(BroadcastOrder.cluster_id)
    ):
        clusters[broadcast_id].append(cluster_id)
    origins = _origins(session, {each.bulletin_id for each in rows})
    items = [
        mapping.write_scheduled(
            ScheduledItem(
                broadcast_id=each.id,
                bulletin_id=origins.get(each.bulletin_id, each.bulletin_id),
                source_id=link.source_id,
                source_name=station.name,
                title=each.title,
                priority=each.priority,
                topic=topic_code(each.topic),
                topic_words=each.topic,
                starts_at=each.starts_at,
                duration_ms=each.duration_ms,
                relay=each.relay is not None,
                relay_source=str((each.relay or {}).get("source", "")),
                device_groups=tuple(clusters[each.id]),
            )
        )
        for each in rows
    ]
    document = envelope(link, station) | {"Ngay": day.date().isoformat(), "LichPhat": items}
    return put(
        session, station_id=station.id, kind=Outgoing.SCHEDULE, about="schedule",
        document=document, now=now,
    )  # fmt: skip


def fresh_plays(session: Session, link: ExchangeLink, *, now: datetime) -> Sequence[FreshPlay]:
    """The plays that the ledger folded to an outcome since they were told last.

    Two months of plays are looked through, so this is asked where nobody waits to write.
    """
    told = ExchangedPlay
    same = (
        (col(told.order_id) == col(Play.order_id))
        & (col(told.repeat) == col(Play.repeat))
        & (col(told.device_id) == col(Play.device_id))
    )
    rows = session.exec(
        select(Play, Broadcast.bulletin_id)
        .join(Device, col(Device.id) == col(Play.device_id))
        .join(told, same, isouter=True)
        .join(Broadcast, col(Broadcast.id) == col(Play.broadcast_id), isouter=True)
        .where(
            Device.station_id == link.station_id,
            col(Play.starts_at) >= looked_back_to(link, now=now),
            col(Play.folded_at).is_not(None),
            col(Play.state).not_in(OPEN),
            or_(col(told.folded_at).is_(None), col(told.folded_at) != col(Play.folded_at)),
        )
        .order_by(col(Play.starts_at), col(Play.order_id), col(Play.repeat), col(Play.device_id))
        .limit(PLAYS_AT_ONCE)
    ).all()
    return [(play, bulletin_id) for play, bulletin_id in rows]


def put_plays(
    session: Session,
    link: ExchangeLink,
    station: Station,
    plays: Sequence[FreshPlay],
    *,
    now: datetime,
) -> int:
    """Put each among what goes up, and remember as what it was told; how many."""
    mapping = mapping_of(link.mapping)
    origins = _origins(session, {bulletin_id for _, bulletin_id in plays if bulletin_id})
    for play, bulletin_id in plays:
        folded_at = play.folded_at or now
        own = bulletin_id or ""
        log = _log(link, play, bulletin_id=origins.get(own, own))
        document = envelope(link, station) | {"NhatKy": mapping.write_play(log)}
        put(
            session, station_id=station.id, kind=Outgoing.PLAY, about=log.log_id,
            document=document, now=now,
        )  # fmt: skip
        before = session.get(ExchangedPlay, (play.order_id, play.repeat, play.device_id))
        if before is not None:
            before.folded_at = folded_at
        else:
            session.add(
                ExchangedPlay(
                    order_id=play.order_id, repeat=play.repeat, device_id=play.device_id,
                    folded_at=folded_at, starts_at=play.starts_at,
                )
            )  # fmt: skip
    session.flush()
    return len(plays)


def _log(link: ExchangeLink, play: Play, *, bulletin_id: str) -> PlayLog:
    doubtful = play.clock_doubtful
    return PlayLog(
        log_id=f"{play.order_id}/{play.repeat}/{play.device_id}",
        version=to_ms(play.folded_at) if play.folded_at else 0,
        bulletin_id=bulletin_id,
        title=play.title,
        source_id=link.source_id,
        device_id=play.device_id,
        device_name=play.device_name,
        planned_at=play.starts_at,
        started_at=None if doubtful else play.started_at,
        ended_at=None if doubtful else play.ended_at,
        played_ms=play.played_ms,
        asked_ms=play.asked_ms,
        outcome=play.state,
        outcome_words=PLAY_MARKS[mark_of(play.state)].word,
        reason=play.code or "",
        clock_doubtful=doubtful,
        simulated=play.simulated,
    )


def _device(
    link: ExchangeLink,
    device: Device,
    status: DeviceStatus | None,
    health: DeviceHealth | None,
    *,
    is_playing: bool,
) -> DeviceState:
    online = None if status is None else status.online
    known = Activity.PLAYING if is_playing else Activity.STOPPED
    return DeviceState(
        device_id=device.id,
        name=device.name,
        source_id=link.source_id,
        # Of one that is away nobody knows what it does.
        activity=int(known) if online else None,
        connected=online,
        volume_percent=_volume(health),
        latitude=device.latitude,
        longitude=device.longitude,
        said_at=None if status is None else status.said_at,
        simulated=device.simulated,
    )


def _volume(health: DeviceHealth | None) -> int | None:
    said: Any = None if health is None else health.said.get("volume_percent")
    return said if isinstance(said, int) and 0 <= said <= 100 else None


def _origins(session: Session, bulletin_ids: set[str]) -> dict[str, str]:
    """The province's own id of each bulletin that came from there."""
    rows = session.exec(
        select(ReceivedBulletin.bulletin_id, ReceivedBulletin.remote_id).where(
            col(ReceivedBulletin.bulletin_id).in_(bulletin_ids)
        )
    ).all()
    return {bulletin_id: remote_id for bulletin_id, remote_id in rows if bulletin_id}
