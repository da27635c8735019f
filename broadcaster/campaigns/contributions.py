"""What contributors gave: bulletins of the campaign's topics by month, and what became of each.

A bulletin is a contribution of the month in which it was written. Counting it says nothing of the
air: whether a loudspeaker confirmed it stands beside it, with the broadcast that shows it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.bulletins.folding import folded
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.campaigns.plan import Plan, Quota
from broadcaster.ledger.periods import Period, month_of
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import Play
from broadcaster.playlists.tables import PlaylistItem
from broadcaster.schedule.tables import Broadcast

MONTHS_SHOWN = 6


class Aired(StrEnum):
    """What is known of a contribution on the air."""

    CONFIRMED = "confirmed"
    """At least one loudspeaker confirmed that it played it whole."""
    NOT_CONFIRMED = "not_confirmed"
    """It was broadcast, and no loudspeaker confirmed that it played it whole."""
    NOT_YET = "not_yet"
    """It was not broadcast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One bulletin; `broadcast_id` is the broadcast that shows what became of it, or ''."""

    bulletin_id: str
    title: str
    contributor: str
    written_on: date
    aired: Aired
    broadcast_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthGiven:
    """What was given in a month against what is owed."""

    month: Period
    owed: int
    given: Sequence[Contribution]
    is_over: bool

    @property
    def lacking(self) -> int:
        """How many are still owed."""
        return max(self.owed - len(self.given), 0)

    @property
    def confirmed(self) -> int:
        """How many of them some loudspeaker confirmed."""
        return sum(each.aired is Aired.CONFIRMED for each in self.given)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaStanding:
    """A contributor's months within the campaign, the newest first."""

    quota: Quota
    months: Sequence[MonthGiven]

    @property
    def this_month(self) -> MonthGiven | None:
        """The month that is not over; None outside the campaign."""
        return next((each for each in self.months if not each.is_over), None)


def quota_standings(
    session: Session, plan: Plan, *, station_id: str, zone: ZoneInfo, today: date
) -> list[QuotaStanding]:
    """Each quota with its last months, this one first."""
    months = _months(plan.period, today)
    if not plan.quotas or not months:
        return [QuotaStanding(quota=each, months=()) for each in plan.quotas]
    span = Period(max(months[-1].first, plan.first), min(months[0].until, plan.period.until))
    given = contributions(session, plan.topics, span, station_id=station_id, zone=zone)
    return [
        QuotaStanding(
            quota=quota,
            months=[
                MonthGiven(
                    month=month,
                    owed=quota.a_month,
                    given=[
                        each
                        for each in given
                        if month.first <= each.written_on < month.until and _is_of(each, quota)
                    ],
                    is_over=month.until <= today,
                )
                for month in months
            ],
        )
        for quota in plan.quotas
    ]


def contributions(
    session: Session,
    topics: Collection[str],
    period: Period,
    *,
    station_id: str,
    zone: ZoneInfo,
) -> list[Contribution]:
    """The bulletins on these topics that were written in a period, in order."""
    begins, ends = period.instants(zone=zone)
    rows = session.exec(
        select(Bulletin)
        .where(
            Bulletin.station_id == station_id,
            Bulletin.kind == BulletinKind.ITEM,
            col(Bulletin.topic).in_(topics),
            col(Bulletin.created_at) >= begins,
            col(Bulletin.created_at) < ends,
        )
        .order_by(col(Bulletin.created_at), col(Bulletin.id))
    ).all()
    aired = _aired(session, [row.id for row in rows])
    return [
        Contribution(
            bulletin_id=row.id,
            title=row.title,
            contributor=row.contributor,
            written_on=row.created_at.astimezone(zone).date(),
            aired=aired.get(row.id, (Aired.NOT_YET, ""))[0],
            broadcast_id=aired.get(row.id, (Aired.NOT_YET, ""))[1],
        )
        for row in rows
    ]


def _months(period: Period, today: date) -> list[Period]:
    """The campaign's months up to today, the newest first, as many as are shown."""
    months: list[Period] = []
    month = month_of(min(today, period.last))
    while month.until > period.first and len(months) < MONTHS_SHOWN:
        months.append(month)
        month = month_of(Period(date.min, month.first).last)
    return months if today >= period.first else []


def _is_of(given: Contribution, quota: Quota) -> bool:
    return not quota.contributor or folded(given.contributor) == folded(quota.contributor)


def _aired(session: Session, bulletin_ids: Collection[str]) -> Mapping[str, tuple[Aired, str]]:
    """By bulletin, the broadcast that tells most of it: by itself or within a programme."""
    carriers: dict[str, set[str]] = defaultdict(set)
    for bulletin_id in bulletin_ids:
        carriers[bulletin_id].add(bulletin_id)
    for item in session.exec(
        select(PlaylistItem).where(col(PlaylistItem.bulletin_id).in_(bulletin_ids))
    ):
        carriers[item.playlist_id].add(item.bulletin_id or "")
    found: dict[str, tuple[Aired, datetime, str]] = {}
    for broadcast, confirmed in _begun(session, carriers.keys()):
        aired = Aired.CONFIRMED if confirmed else Aired.NOT_CONFIRMED
        for bulletin_id in carriers[broadcast.bulletin_id]:
            held = found.get(bulletin_id)
            if held is None or (held[0] is not Aired.CONFIRMED and confirmed):
                found[bulletin_id] = (aired, broadcast.starts_at, broadcast.id)
    return {bulletin_id: (aired, id_) for bulletin_id, (aired, _, id_) in found.items()}


def _begun(session: Session, carriers: Collection[str]) -> list[tuple[Broadcast, bool]]:
    """The broadcasts of these that have begun, in order, and whether some pole confirmed one."""
    rows = session.exec(
        select(Broadcast)
        .where(
            col(Broadcast.bulletin_id).in_(carriers),
            col(Broadcast.id).in_(select(Play.broadcast_id).where(col(Play.frozen).is_(True))),
        )
        .order_by(col(Broadcast.starts_at), col(Broadcast.id))
    ).all()
    confirmed = set(
        session.exec(
            select(Play.broadcast_id)
            .where(
                col(Play.broadcast_id).in_([row.id for row in rows]),
                Play.state == PlayState.CONFIRMED,
            )
            .distinct()
        )
    )
    return [(row, row.id in confirmed) for row in rows]
