"""Taking a relay that the province orders: it becomes one of the station's own relays.

It is of a source that an admin listed, no longer than a session here may be, keeps its priority,
and is approved by somebody else with its hour, as every relay is. The province opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from broadcaster.areas.queries import clusters_of
from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.errors import TITLE_LIMIT_CHARACTERS
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import BulletinKind
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.exchange.codes import TOPICS
from broadcaster.exchange.errors import StreamNotListed
from broadcaster.exchange.intake import TO_BE_RELAYED, bulletin_in, report, versions_of
from broadcaster.exchange.mapping import ForeignBulletin
from broadcaster.exchange.relay_orders import RelayOrder, relay_order
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.tables import ReceivedBulletin
from broadcaster.exchange.taking import cut, find_received, made_of_older, mark, take, to_take
from broadcaster.relays.desk import GivenRelay, change_relay, write_relay
from broadcaster.schedule.queueing import Queueing, cancel_schedule, queue_bulletin, schedules_of
from broadcaster.sources.desk import sources_of
from broadcaster.sources.holding import facts_of, source_holds
from broadcaster.sources.tables import RelaySource
from broadcaster.web.context import Context
from broadcaster.web.formats import duration

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """What was made of it; `not_queued` is why a relay has no hour yet though one was wished."""

    bulletin_id: str
    is_relay: bool = False
    not_queued: LoaError | None = None


def take_up(station: Context, studio: Studio, received_id: str, *, by: str) -> TakenUp:
    """Make a relay of an order to relay, and a bulletin of all else.

    Raises what `taking.take` raises, StreamNotListed, and what `write_relay` raises.
    """
    with station.database.reading() as session:
        row = find_received(session, received_id, station_id=station.station_id)
        foreign = to_take(session, row)
    if relay_order(foreign) is None:
        return TakenUp(bulletin_id=take(station, studio, received_id, by=by))
    with station.database.writing() as session:
        row = find_received(session, received_id, station_id=station.station_id)
        return _take_relay(session, row, by=by, now=station.now())


def listed_source(session: Session, order: RelayOrder, *, station_id: str) -> RelaySource | None:
    """The source of the station's list that an order means, if devices may open it."""
    for each in sources_of(session, station_id):
        is_meant = (
            each.url == order.address
            if order.address
            else each.name.casefold() == order.source_name.casefold()
        )
        if is_meant and source_holds(session, facts_of(each)):
            return each
    return None


def order_in(row: ReceivedBulletin) -> RelayOrder | None:
    """The relay that a kept document orders, if it orders one."""
    foreign = bulletin_in(row)
    return relay_order(foreign) if foreign is not None else None


def _take_relay(session: Session, row: ReceivedBulletin, *, by: str, now: datetime) -> TakenUp:
    foreign = to_take(session, row)
    order = relay_order(foreign)
    station = session.get_one(Station, row.station_id)
    source = listed_source(session, order, station_id=station.id) if order else None
    if order is None or source is None:
        raise StreamNotListed(order.address or order.source_name if order else "")
    longest_ms = min(order.longest_ms, station.longest_session_ms)
    before = [each.handled_at for each in versions_of(session, row) if each.bulletin_id]
    relay_id = _kept(session, row, foreign, source, longest_ms=longest_ms, by=by, now=now)
    mark(row, Standing.TAKEN, by=by, now=now)
    row.bulletin_id = relay_id
    session.flush()
    wrong = None
    if order.starts_at is not None:
        local = order.starts_at.astimezone(ZoneInfo(station.zone)).replace(tzinfo=None)
        starts_local = local.isoformat(timespec="minutes")
        _withdraw_older(session, relay_id, before, station=station, by=by, now=now)
        wrong = _queue(session, relay_id, starts_local, station=station, by=by, now=now)
    record(session, Act.EXCHANGE_TAKEN, by=by, about=row.id, at=now, details={"bulletin": relay_id})
    report(
        session, row, result=TO_BE_RELAYED, words=_told(order, longest_ms=longest_ms, wrong=wrong),
        now=now,
    )  # fmt: skip
    log.info("exchange_relay_taken", received_id=row.id, relay_id=relay_id)
    return TakenUp(bulletin_id=relay_id, is_relay=True, not_queued=wrong)


def _kept(
    session: Session,
    row: ReceivedBulletin,
    foreign: ForeignBulletin,
    source: RelaySource,
    *,
    longest_ms: int,
    by: str,
    now: datetime,
) -> str:
    """A new relay, or the one of an older version, whose approval is void by that; its id."""
    older = made_of_older(session, row, kind=BulletinKind.RELAY)
    given = GivenRelay(
        source_id=source.id,
        duration_ms=longest_ms,
        title=cut(foreign.title, TITLE_LIMIT_CHARACTERS, field="title"),
        topic=TOPICS.get(foreign.topic or 0, ""),
        priority=foreign.priority,
    )
    if older is None:
        return write_relay(session, given, station_id=row.station_id, by=by, now=now).id
    return change_relay(session, older, given, station_id=row.station_id, by=by, now=now).id


def _withdraw_older(
    session: Session,
    relay_id: str,
    taken_at: list[datetime | None],
    *,
    station: Station,
    by: str,
    now: datetime,
) -> None:
    """Take back the hours that older versions asked for; what people queued themselves stays."""
    for each in schedules_of(session, relay_id):
        if each.created_at in taken_at and not each.recurrence:
            cancel_schedule(session, each.id, station_id=station.id, by=by, now=now)


def _queue(
    session: Session, relay_id: str, starts_local: str, *, station: Station, by: str, now: datetime
) -> LoaError | None:
    """Ask for its hour in every cluster; why not, where a rule or another broadcast stands there.

    Whoever took it then asks for another hour, or makes way, on the relay's own page.
    """
    wish = Queueing(
        bulletin_id=relay_id,
        cluster_ids=[each.id for each in clusters_of(session, station.id)],
        starts_local=starts_local,
    )
    try:
        with session.begin_nested():
            queue_bulletin(session, wish, by=by, now=now, station=station)
    except (BadInput, Conflict) as refused:
        return refused
    return None


def _told(order: RelayOrder, *, longest_ms: int, wrong: LoaError | None) -> str:
    """What the province hears of it, in words; nothing where it is as it was ordered."""
    told = []
    if longest_ms < order.longest_ms:
        told.append(f"Đài tiếp dài nhất {duration(longest_ms, language='vi')}.")
    if wrong is not None:
        told.append("Chưa đặt được vào giờ tỉnh muốn.")
    return " ".join(told)
