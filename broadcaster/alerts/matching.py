"""An alert against this station: its villages, the clusters that hear them, its hazard."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from broadcaster.alerts.areas import KnownPlace, Matched, matched
from broadcaster.alerts.hazards import hazard_of
from broadcaster.alerts.message import DEFAULT_LANGUAGE, Alert, Area, Info, preferred_info
from broadcaster.alerts.tables import AlertPlaceCode
from broadcaster.alerts.words import Offered, offered_words
from broadcaster.areas.queries import not_standing, village_names, villages_of
from broadcaster.fleet.village_places import village_places


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an alert would be here, to start from: a person changes what is wrong."""

    info: Info | None
    areas: Matched
    villages: tuple[str, ...]
    clusters: tuple[str, ...]
    sure_clusters: tuple[str, ...]
    hazard: str
    offered: Offered


def proposal_of(session: Session, alert: Alert, *, station_id: str, day: date) -> Proposal:
    """The villages of all that is said in the language that is read, and its words."""
    info = preferred_info(alert)
    villages = known_places(session, station_id=station_id, day=day)
    gone = not_standing(session, day)
    codes = codes_of(session, station_id=station_id, villages=villages, gone=gone)
    found = meant(alert, villages, codes)
    cluster = {each.id: each.cluster_id for each in villages_of(session, station_id)}
    return Proposal(
        info=info,
        areas=found,
        villages=tuple(each.name for each in villages if each.village_id in found.village_ids),
        clusters=_clusters(cluster, villages, found.village_ids),
        sure_clusters=_clusters(cluster, villages, found.surely),
        hazard=hazard_of(info) if info else "",
        offered=offered_words(info),
    )


def meant(
    alert: Alert, villages: Sequence[KnownPlace], codes: Mapping[tuple[str, str], Collection[str]]
) -> Matched:
    """The villages of all that is said in the language that is read."""
    return matched(_areas(alert, preferred_info(alert)), villages=villages, codes=codes)


def is_drawn(alert: Alert) -> bool:
    """Whether a place on the map is said of where it holds, and not only codes and words."""
    areas = _areas(alert, preferred_info(alert))
    return any(area.polygons or area.circles for area in areas)


def concerning(
    session: Session, alerts: Sequence[Alert], *, station_id: str, day: date
) -> list[bool]:
    """Whether each of these alerts is about a village of the station.

    Where nothing is drawn the villages' names are enough, and of those that are called alike one:
    a province has thousands, and this is asked for by every board that stands open somewhere.
    """
    gone = not_standing(session, day)
    if any(is_drawn(each) for each in alerts):
        villages = known_places(session, station_id=station_id, day=day)
    else:
        villages = [
            KnownPlace(village_id=name, name=name)
            for name in village_names(session, station_id, without=gone)
        ]
    codes = codes_of(session, station_id=station_id, villages=villages, gone=gone)
    return [bool(meant(each, villages, codes).village_ids) for each in alerts]


def known_places(session: Session, *, station_id: str, day: date) -> Sequence[KnownPlace]:
    """The station's villages that stand on that day, each with its point where it is known."""
    places = village_places(session, station_id=station_id, day=day)
    gone = not_standing(session, day)
    return [
        KnownPlace(
            village_id=each.id,
            name=each.name,
            point=(place.latitude, place.longitude) if (place := places.get(each.id)) else None,
        )
        for each in villages_of(session, station_id)
        if each.id not in gone
    ]


def codes_of(
    session: Session, *, station_id: str, villages: Sequence[KnownPlace], gone: frozenset[str]
) -> Mapping[tuple[str, str], frozenset[str]]:
    """The villages of each code that the station knows, without those that are gone."""
    everywhere = frozenset(each.village_id for each in villages)
    found: dict[tuple[str, str], frozenset[str]] = defaultdict(frozenset)
    rows = session.exec(select(AlertPlaceCode).where(AlertPlaceCode.station_id == station_id))
    for row in rows:
        meant = everywhere if row.village_id is None else frozenset({row.village_id}) - gone
        found[row.list_name, row.value] |= meant
    return dict(found)


def _areas(alert: Alert, info: Info | None) -> Sequence[Area]:
    """Where it holds, in all parts that are in the language of the one that is read."""
    if info is None:
        return ()
    language = info.language or DEFAULT_LANGUAGE
    return [
        area
        for each in alert.infos
        if (each.language or DEFAULT_LANGUAGE) == language
        for area in each.areas
    ]


def _clusters(
    cluster: Mapping[str, str], villages: Sequence[KnownPlace], wanted: frozenset[str]
) -> tuple[str, ...]:
    found = (cluster[each.village_id] for each in villages if each.village_id in wanted)
    return tuple(dict.fromkeys(found))
