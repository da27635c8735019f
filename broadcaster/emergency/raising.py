"""Ordering an emergency: checked, stored with who ordered it and on whose word, and nothing else.

What was stored goes out by the dispatch within a moment. Words whose sound is there go out at once
by themselves. Words that still wait for a voice cannot be ordered, because an order names its
sound by hash; then the *alarm* goes out first, with a sound that is there, and is said again in a
row until the message's own order follows behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.queries import clusters_named
from broadcaster.areas.tables import Station
from broadcaster.bulletins.texts import as_kept, sha256_of
from broadcaster.database import new_id
from broadcaster.emergency.authorising import held_authorisation
from broadcaster.emergency.cadence import DRILLED_FOR, REPEATED_FOR, Cadence
from broadcaster.emergency.errors import (
    WORDS_LIMIT_CHARACTERS,
    DrillInQuietHours,
    NoPlaceChosen,
    RequestTaken,
    UnknownCadence,
    UnknownHazard,
    WordsMissing,
    WordsTooLong,
)
from broadcaster.emergency.hazards import DRILL, HAZARDS
from broadcaster.emergency.log import Act, note
from broadcaster.emergency.sounds import NEEDED_NOW, NEEDED_SOON, rendered, want
from broadcaster.emergency.stored_warnings import approved_warning
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyOrder,
    EmergencyPart,
    EmergencySound,
)
from broadcaster.emergency.words import alarm_script, message_script, replay_script
from broadcaster.schedule.air_rules import station_quiet_hours
from broadcaster.schedule.queueing import person_name

NEEDED_FIRST = NEEDED_NOW + 1
_A_DRILL_TAKES = timedelta(minutes=5)


class PartKind(StrEnum):
    """What an emergency says, in the order in which it is said."""

    ALARM = "alarm"
    MESSAGE = "message"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to be said, where and how often; checked, as it will be kept."""

    cluster_ids: Sequence[str]
    hazard: str
    drill: bool
    words: str
    cadence: Cadence


def checked_wish(
    *, cluster_ids: Sequence[str], hazard: str, drill: bool, words: str, cadence: str
) -> Wish:
    """What was given, as it will be kept; raise a BadInput that names its field."""
    if not cluster_ids:
        raise NoPlaceChosen(field="clusters")
    if hazard not in HAZARDS:
        raise UnknownHazard(field="hazard")
    if cadence not in set(Cadence):
        raise UnknownCadence(field="cadence")
    return Wish(
        cluster_ids=tuple(dict.fromkeys(cluster_ids)),
        hazard=hazard,
        drill=drill,
        words=checked_words(words),
        cadence=Cadence(cadence),
    )


def checked_words(words: str) -> str:
    """Words that can be said; raise WordsMissing, WordsTooLong or TextUnusable."""
    kept = as_kept(words, field="words").strip()
    if not kept:
        raise WordsMissing(field="words")
    if len(kept) > WORDS_LIMIT_CHARACTERS:
        raise WordsTooLong(field="words")
    return kept


def no_drill_until(station: Station, *, now: datetime) -> str | None:
    """From which clock of the station a drill may be held; None where it may be now."""
    quiet = station_quiet_hours(station)
    if not quiet.touched_by(now, _A_DRILL_TAKES):
        return None
    return f"{quiet.ends:%H:%M}"


def check_drill_hour(station: Station, *, now: datetime) -> None:
    """Raise DrillInQuietHours, with the clock from which a drill may be held."""
    ends = no_drill_until(station, now=now)
    if ends is not None:
        raise DrillInQuietHours(ends, field="mode")


def raise_emergency(
    session: Session, wish: Wish, *, request_key: str, station: Station, by: str, now: datetime
) -> Emergency:
    """Store the order; the same request stores it once, however often it comes.

    Raises NotAuthorised, RequestTaken, UnknownCluster or DrillInQuietHours.
    """
    authorisation = held_authorisation(session, by, station_id=station.id)
    known = session.exec(select(Emergency).where(Emergency.request_key == request_key)).first()
    if known is not None:
        if known.given_by != by:
            raise RequestTaken
        return known
    clusters = [each.id for each in clusters_named(session, station.id, wish.cluster_ids)]
    if wish.drill:
        check_drill_hour(station, now=now)
    emergency = Emergency(
        id=new_id("em"),
        station_id=station.id,
        request_key=request_key,
        hazard=wish.hazard,
        drill=wish.drill,
        words=wish.words,
        cadence=wish.cadence,
        given_by=by,
        giver_name=person_name(session, by),
        authorisation_id=authorisation.id,
        raised_at=now,
        repeats_until=now + (DRILLED_FOR if wish.drill else REPEATED_FOR),
    )
    session.add(emergency)
    session.flush()
    note(
        session, Act.RAISED, station_id=station.id, at=now, by=by, emergency_id=emergency.id,
        detail=f"{wish.hazard}{' drill' if wish.drill else ''}: {', '.join(clusters)}",
        details={
            "hazard": wish.hazard,
            "drill": wish.drill,
            "clusters": " ".join(clusters),
            "cadence": wish.cadence.value,
            "authorisation": authorisation.id,
            "words_sha256": sha256_of(wish.words),
        },
        private={"words": wish.words},
    )  # fmt: skip
    _add_parts(session, emergency, clusters, station=station, now=now)
    return emergency


def _add_parts(
    session: Session,
    emergency: Emergency,
    clusters: Sequence[str],
    *,
    station: Station,
    now: datetime,
) -> None:
    script = message_script(emergency.words, drill=emergency.drill)
    message = want(session, script, urgency=NEEDED_NOW, now=now)
    replay = None
    if emergency.cadence != Cadence.ONCE:
        issued = now.astimezone(ZoneInfo(station.zone))
        again = replay_script(emergency.words, drill=emergency.drill, issued=issued)
        replay = want(session, again, urgency=NEEDED_SOON, now=now)
    if message.rendered_at is None:
        alarm = _alarm_sound(session, emergency, now=now)
        add_part(session, emergency, PartKind.ALARM, alarm, clusters=clusters)
    add_part(session, emergency, PartKind.MESSAGE, message, clusters=clusters, replay=replay)
    start_ready_parts(session, now=now)


def _alarm_sound(session: Session, emergency: Emergency, *, now: datetime) -> EmergencySound:
    """What is said until the message has a sound: the approved warning where there is one."""
    own = alarm_script(emergency.hazard, drill=emergency.drill)
    key = DRILL if emergency.drill else emergency.hazard
    stored = approved_warning(session, key, station_id=emergency.station_id)
    return want(session, stored.words if stored else own, urgency=NEEDED_FIRST, now=now)


def add_part(
    session: Session,
    emergency: Emergency,
    kind: PartKind,
    sound: EmergencySound,
    *,
    clusters: Sequence[str],
    replay: EmergencySound | None = None,
) -> None:
    """Say something more in an emergency, with an order for each cluster."""
    part = EmergencyPart(
        id=new_id("emp"),
        emergency_id=emergency.id,
        kind=kind,
        script_sha256=sound.script_sha256,
        replay_sha256=replay.script_sha256 if replay else None,
    )
    session.add(part)
    session.flush()
    session.add_all(
        EmergencyOrder(id=new_id("ord"), part_id=part.id, cluster_id=cluster_id)
        for cluster_id in clusters
    )
    session.flush()


def start_ready_parts(session: Session, *, now: datetime) -> int:
    """Order each part whose sound is there; count them.

    Where the message is ready no alarm begins any more, and where it has ended only the notice.
    """
    rows = session.exec(
        select(EmergencyPart, Emergency)
        .join(Emergency, col(Emergency.id) == col(EmergencyPart.emergency_id))
        .where(col(EmergencyPart.starts_at).is_(None))
        .order_by(col(EmergencyPart.kind).desc())
    ).all()
    there = rendered(session, [part.script_sha256 for part, _ in rows])
    started = 0
    for part, emergency in rows:
        is_final = part.kind == PartKind.FINAL
        if part.script_sha256 not in there or is_final != (emergency.ended_at is not None):
            continue
        if part.kind == PartKind.ALARM and _has_message(session, emergency):
            continue
        part.starts_at = now
        session.flush()
        started += 1
        if part.kind == PartKind.MESSAGE:
            note(
                session, Act.MESSAGE_READY, station_id=emergency.station_id, at=now,
                emergency_id=emergency.id,
            )  # fmt: skip
    return started


def _has_message(session: Session, emergency: Emergency) -> bool:
    return (
        session.exec(
            select(EmergencyPart.id).where(
                EmergencyPart.emergency_id == emergency.id,
                EmergencyPart.kind == PartKind.MESSAGE,
                col(EmergencyPart.starts_at).is_not(None),
            )
        ).first()
        is not None
    )
