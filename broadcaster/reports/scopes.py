"""What a report speaks of: the station, a village, a campaign, or one contributor's bulletins.

A scope resolves to what the queries ask: villages in view, and broadcasts (None: all of them). What
else groups broadcasts needs only another kind here that says which.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from broadcaster.areas.queries import (
    MANY_VILLAGES,
    KnownCluster,
    KnownVillage,
    clusters_of,
    village_count,
    villages_of,
)
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
    """What somebody may choose a report of; campaigns by id and title.

    Where a station has many villages, `clusters` are what to choose among them by.
    """

    whole_station: bool
    villages: Sequence[KnownVillage]
    campaigns: list[tuple[str, str]]
    contributors: list[str]
    clusters: Sequence[KnownCluster] = ()


def choices(
    session: Session, *, station_id: str, in_view: Villages, cluster: str = "", chosen: str = ""
) -> Choices:
    """What may be reported on to whoever sees these villages.

    Of many only those of one `cluster`, and the one that was `chosen`.
    """
    whole = in_view is None
    is_part = whole and village_count(session, station_id) > MANY_VILLAGES
    return Choices(
        whole_station=whole,
        villages=villages_of(
            session,
            station_id,
            only=in_view,
            of_clusters={cluster} if is_part else None,
            beside={chosen},
        ),
        clusters=clusters_of(session, station_id) if is_part else (),
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
    if not written:
        return _widest(session, station_id=station_id, in_view=in_view)
    kind, _, key = written.partition(":")
    if kind not in {each.value for each in ScopeKind} or bool(key) is (kind == ScopeKind.STATION):
        raise ScopeUnreadable(written[:80], field="scope")
    if kind == ScopeKind.VILLAGE:
        return _village(session, key, station_id=station_id, in_view=in_view)
    if in_view is not None:
        raise ScopeNotYours(written[:80], field="scope")
    if kind == ScopeKind.STATION:
        return Scope(kind=ScopeKind.STATION)
    if kind == ScopeKind.CAMPAIGN:
        campaign = find_campaign(session, key, station_id=station_id)
        return Scope(kind=ScopeKind.CAMPAIGN, key=campaign.id, name=campaign.title)
    if key not in _contributors(session, station_id):
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


def _widest(session: Session, *, station_id: str, in_view: Villages) -> Scope:
    if in_view is None:
        return Scope(kind=ScopeKind.STATION)
    found = villages_of(session, station_id, only=in_view)
    if not found:
        raise NoSuchVillage(field="scope")
    return Scope(kind=ScopeKind.VILLAGE, key=found[0].id, name=found[0].name)


def _village(session: Session, key: str, *, station_id: str, in_view: Villages) -> Scope:
    seen = in_view is None or key in in_view
    found = villages_of(session, station_id, only={key}) if seen else ()
    if not found:
        raise NoSuchVillage(key[:80], field="scope")
    return Scope(kind=ScopeKind.VILLAGE, key=key, name=found[0].name)


def _contributors(session: Session, station_id: str) -> list[str]:
    rows = session.exec(
        select(Bulletin.contributor)
        .where(Bulletin.station_id == station_id, Bulletin.contributor != "")
        .distinct()
    )
    return sorted(rows)
