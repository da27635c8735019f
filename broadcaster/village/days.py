"""What was for one village, with each pole's word and what people said, in days of the station.

What has begun is not *planned* any more: a pole that has said nothing is *silent*, one that only
took the order has *received* it. Both are said in the words of an emergency's board.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType

from sqlalchemy import bindparam, select
from sqlmodel import Session

from broadcaster.areas.tables import Cluster
from broadcaster.coverage.wording import mark_of_coverage
from broadcaster.errors import NotFound
from broadcaster.hearing.grades import Heard
from broadcaster.hearing.queries import Word, heard_in
from broadcaster.ledger.part_heard import PartHeard, part_heard, words_of_live_mark
from broadcaster.ledger.periods import Period
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.queries import Villages, broadcast_report, reports_between
from broadcaster.ledger.reports import BroadcastReport, PlayRow
from broadcaster.ledger.wording import mark_of
from broadcaster.live.talks import talks_among
from broadcaster.web.language import msgid
from broadcaster.web.play_marks import PLAY_MARKS

_WEEK = timedelta(days=7)
_CLUSTERS = Cluster.metadata.tables["cluster"]
_VILLAGES = Cluster.metadata.tables["village"]
# Put together once: every page of a village asks this, and to write it costs more than to ask it.
_PLACES = (
    select(_VILLAGES.c.id, _VILLAGES.c.name, _CLUSTERS.c.name)
    .join(_CLUSTERS, _CLUSTERS.c.id == _VILLAGES.c.cluster_id)
    .where(_CLUSTERS.c.station_id == bindparam("station"))
    .order_by(_CLUSTERS.c.position, _CLUSTERS.c.id, _VILLAGES.c.position, _VILLAGES.c.id)
)
_PLACES_AMONG = _PLACES.where(_VILLAGES.c.id.in_(bindparam("villages", expanding=True)))
# What is open although it has begun; of several poles the first of these is told of all.
_BEGUN: Mapping[PlayState, tuple[str, str]] = MappingProxyType(
    {
        PlayState.PLANNED: ("not_confirmed", msgid("chưa trả lời")),
        PlayState.RECEIVED: ("cached", msgid("đã nhận lệnh")),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pole:
    """One pole in a broadcast: its name, mark and words (a msgid), and its reason (or None).

    `short_name` leaves out the village where the pole's name begins with it; `heard` is the part of
    live speech that it let out, None for the whole, for none, and for what is no live speech.
    """

    name: str
    short_name: str
    mark: str
    says: str
    code: str | None
    heard: PartHeard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One broadcast in one village.

    `mark` is what the poles' words come to, `says` its words (a msgid); `heard` is what people
    said, and never moves either.
    """

    broadcast_id: str
    title: str
    starts_at: datetime
    asked_ms: int
    relay: bool
    live: bool
    simulated: bool
    mark: str
    says: str
    poles: Sequence[Pole]
    has_unverifiable: bool
    heard: Heard
    words: Sequence[Word]

    @property
    def poles_differ(self) -> bool:
        """Whether not all of its poles say the same."""
        return len({pole.says for pole in self.poles}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A village by name, in its cluster."""

    village_id: str
    name: str
    cluster: str


def places_in_view(session: Session, station_id: str, *, villages: Villages) -> list[Place]:
    """The villages that somebody may see, in the station's order."""
    if villages is None:
        rows = session.execute(_PLACES, {"station": station_id})
    else:
        asked = {"station": station_id, "villages": [*villages]}
        rows = session.execute(_PLACES_AMONG, asked)
    return [
        Place(village_id=village_id, name=name, cluster=cluster)
        for village_id, name, cluster in rows
    ]


def place_in_view(
    session: Session, station_id: str, village_id: str, *, villages: Villages
) -> Place:
    """One village; raise NotFound for one that is not there or not in view."""
    if villages is not None and village_id not in villages:
        raise NotFound(village_id)
    for place in places_in_view(session, station_id, villages=frozenset({village_id})):
        return place
    raise NotFound(village_id)


def week_of(day: date) -> Period:
    """The week from Monday on in which a day lies."""
    first = day - timedelta(days=day.weekday())
    return Period(first, first + _WEEK)


def rows_of(
    session: Session, village_id: str, period: Period, *, zone: tzinfo, now: datetime
) -> dict[date, list[Row]]:
    """What was and will be for a village in a period, by day; days without anything are left out.

    The caller has seen to it that the village is in view.
    """
    begins, ends = period.instants(zone=zone)
    reports = reports_between(session, since=begins, until=ends, villages=frozenset({village_id}))
    ids = [report.broadcast_id for report in reports]
    heard, talks = heard_in(session, village_id, ids), talks_among(session, ids)
    days: dict[date, list[Row]] = {}
    for report in reports:
        day = report.starts_at.astimezone(zone).date()
        days.setdefault(day, []).append(_row(report, heard, talks=talks, now=now))
    return days


def row_of(session: Session, village_id: str, broadcast_id: str, *, now: datetime) -> Row:
    """One broadcast in a village that is in view; raise NotFound where it was not for it."""
    report = broadcast_report(session, broadcast_id, villages=frozenset({village_id}))
    if report is None:
        raise NotFound(broadcast_id)
    return _row(
        report,
        heard_in(session, village_id, [broadcast_id]),
        talks=talks_among(session, [broadcast_id]),
        now=now,
    )


def _row(
    report: BroadcastReport,
    heard: Mapping[str, tuple[Heard, Sequence[Word]]],
    *,
    talks: frozenset[str],
    now: datetime,
) -> Row:
    live = report.broadcast_id in talks
    mark, says = _of_all(report, now=now)
    grade, words = heard.get(report.broadcast_id, (Heard.UNSAID, ()))
    return Row(
        broadcast_id=report.broadcast_id,
        title=report.title,
        starts_at=report.starts_at,
        asked_ms=report.asked_ms,
        relay=report.relay,
        live=live,
        simulated=report.simulated,
        mark=mark,
        says=(words_of_live_mark(mark) if live else None) or says,
        poles=_poles(report, live=live, now=now),
        has_unverifiable=report.coverage.unverifiable > 0,
        heard=grade,
        words=words,
    )


def _of_all(report: BroadcastReport, *, now: datetime) -> tuple[str, str]:
    """What all residents of the village together can be told; of what plays, that it does."""
    if any(mark_of(play.state) == "playing" for play in report.devices):
        return _shown("playing")
    mark = mark_of_coverage(report.coverage)
    waiting = {play.state for play in report.devices} & _BEGUN.keys()
    if mark == "planned" and waiting and report.starts_at <= now:
        return _BEGUN[min(waiting, key=list(_BEGUN).index)]
    return _shown(mark)


def _of_one(play: PlayRow, *, now: datetime) -> tuple[str, str]:
    begun = _BEGUN.get(play.state) if play.starts_at <= now else None
    return begun or _shown(mark_of(play.state))


def _shown(mark: str) -> tuple[str, str]:
    return mark, PLAY_MARKS[mark].word


def _poles(report: BroadcastReport, *, live: bool, now: datetime) -> list[Pole]:
    """Each pole once: of repeats the one that says most for itself comes last."""
    village = report.villages[0].name if report.villages else ""
    best: dict[str, PlayRow] = {}
    for play in sorted(report.devices, key=lambda play: (play.played_ms, play.repeat)):
        best[play.device_id] = play
    poles: list[Pole] = []
    for play in sorted(best.values(), key=lambda play: (play.device_name, play.device_id)):
        mark, says = _of_one(play, now=now)
        poles.append(
            Pole(
                name=play.device_name,
                short_name=_without(village, play.device_name),
                mark=mark,
                says=(words_of_live_mark(mark) if live else None) or says,
                code=play.code,
                heard=part_heard(play) if live else None,
            )
        )
    return poles


def _without(village: str, name: str) -> str:
    rest = name.removeprefix(f"{village}, ")
    return rest[:1].upper() + rest[1:]
