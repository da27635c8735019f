"""What a report speaks of: the station, a village, a campaign, or one contributor's bulletins.

A scope resolves to what the queries ask: villages in view, and broadcasts (None: all of them). What
else groups broadcasts needs only another kind here that says which.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from broadcaster.areas.queries import KnownVillage, villages_of
from broadcaster.bulletins.tables import Bulletin, BulletinKind, Rendition
from broadcaster.campaigns.keeping import campaigns_of, find_campaign, plan_of
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.reports.errors import (
    NoSuchContributor,
    NoSuchVillage,
    ScopeNotYours,
    ScopeUnreadable,
)
from broadcaster.schedule.tables import Broadcast
from broadcaster.web.context import Context


class ScopeKind(StrEnum):
    """What a report can speak of."""

    STATION = "station"
    VILLAGE = "village"
    CAMPAIGN = "campaign"
    CONTRIBUTOR = "contributor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One thing to report on: `key` is its id or name as addresses have it, `name` as people do."""

    kind: ScopeKind
    key: str = ""
    name: str = ""

    @property
    def written(self) -> str:
        """As `read_scope` reads it."""
        return f"{self.kind}:{self.key}" if self.key else str(self.kind)

    @property
    def picks_broadcasts(self) -> bool:
        """Whether it speaks of some broadcasts only, and of nothing else that happened."""
        return self.kind in {ScopeKind.CAMPAIGN, ScopeKind.CONTRIBUTOR}

    def villages(self, in_view: Villages) -> Villages:
        """The villages that its figures may speak of."""
        return frozenset({self.key}) if self.kind is ScopeKind.VILLAGE else in_view


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody may choose a report of; campaigns by id and title."""

    whole_station: bool
    villages: list[KnownVillage]
    campaigns: list[tuple[str, str]]
    contributors: list[str]


def choices(session: Session, *, station_id: str, in_view: Villages) -> Choices:
    """What may be reported on to whoever sees these villages."""
    villages = villages_of(session, station_id)
    seen = [each for each in villages if in_view is None or each.id in in_view]
    whole = in_view is None
    return Choices(
        whole_station=whole,
        villages=seen,
        campaigns=[(each.id, each.title) for each in campaigns_of(session, station_id)]
        if whole
        else [],
        contributors=_contributors(session, station_id) if whole else [],
    )


def read_scope(session: Session, written: str, *, station_id: str, in_view: Villages) -> Scope:
    """The scope that was asked for; without a word the widest that this person may see.

    Raises ScopeUnreadable, ScopeNotYours, NoSuchVillage, NoSuchCampaign, NoSuchContributor.
    """
    if in_view is None and written in {"", str(ScopeKind.STATION)}:
        return Scope(kind=ScopeKind.STATION)
    may = choices(session, station_id=station_id, in_view=in_view)
    if not written:
        return _widest(may)
    kind, _, key = written.partition(":")
    if kind not in {each.value for each in ScopeKind} or bool(key) is (kind == ScopeKind.STATION):
        raise ScopeUnreadable(written[:80], field="scope")
    if kind == ScopeKind.VILLAGE:
        return _village(may, key)
    if not may.whole_station:
        raise ScopeNotYours(written[:80], field="scope")
    if kind == ScopeKind.STATION:
        return Scope(kind=ScopeKind.STATION)
    if kind == ScopeKind.CAMPAIGN:
        campaign = find_campaign(session, key, station_id=station_id)
        return Scope(kind=ScopeKind.CAMPAIGN, key=campaign.id, name=campaign.title)
    if key not in may.contributors:
        raise NoSuchContributor(key[:80], field="scope")
    return Scope(kind=ScopeKind.CONTRIBUTOR, key=key, name=key)


def own_parts(
    session: Session, scope: Scope, period: Period, *, station: Context
) -> Mapping[str, int] | None:
    """The broadcasts that a contributor's or a campaign's words were in, and for how long, in ms.

    None: all broadcasts. What stood in a programme counts with its own length; how far it came is
    the programme's word.
    """
    if not scope.picks_broadcasts:
        return None
    begins, ends = period.instants(zone=station.zone)
    own = _own_bulletins(session, scope, station_id=station.station_id)
    rows = session.exec(
        select(Broadcast, Bulletin.id, Bulletin.kind, Rendition.parts)
        .join(Bulletin, col(Bulletin.id) == col(Broadcast.bulletin_id))
        .join(Rendition, col(Rendition.id) == col(Broadcast.rendition_id))
        .where(Broadcast.starts_at >= begins, Broadcast.starts_at < ends)
    )
    found: dict[str, int] = {}
    for broadcast, bulletin_id, kind, parts in rows:
        if bulletin_id in own:
            found[broadcast.id] = broadcast.duration_ms
        elif kind == BulletinKind.PLAYLIST:
            mine = [part for part in parts if part.get("bulletin_id") in own]
            if mine:
                lengths = (int(part["end_ms"]) - int(part["start_ms"]) for part in mine)
                found[broadcast.id] = sum(lengths)
    return found


def _own_bulletins(session: Session, scope: Scope, *, station_id: str) -> Collection[str]:
    """What a contributor gave, or what is about a campaign's topics."""
    given = select(Bulletin.id).where(Bulletin.station_id == station_id)
    if scope.kind is ScopeKind.CAMPAIGN:
        plan = plan_of(session, find_campaign(session, scope.key, station_id=station_id))
        return set(session.exec(given.where(col(Bulletin.topic).in_(plan.topics))))
    return set(session.exec(given.where(Bulletin.contributor == scope.key)))


def _widest(may: Choices) -> Scope:
    if may.whole_station:
        return Scope(kind=ScopeKind.STATION)
    if not may.villages:
        raise NoSuchVillage(field="scope")
    first = may.villages[0]
    return Scope(kind=ScopeKind.VILLAGE, key=first.id, name=first.name)


def _village(may: Choices, key: str) -> Scope:
    for village in may.villages:
        if village.id == key:
            return Scope(kind=ScopeKind.VILLAGE, key=key, name=village.name)
    raise NoSuchVillage(key[:80], field="scope")


def _contributors(session: Session, station_id: str) -> list[str]:
    rows = session.exec(
        select(Bulletin.contributor)
        .where(Bulletin.station_id == station_id, Bulletin.contributor != "")
        .distinct()
    )
    return sorted(rows)
