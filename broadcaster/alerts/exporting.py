"""Our own emergencies as CAP 1.2: an alert, an update each time it goes on, a cancel when it ends.

What an order does not know is *Unknown*, and never guessed: it names a hazard, words and clusters.
The same emergency gives the same messages each time, so that whoever fetches them sees no new one.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.alerts.message import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    Named,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from broadcaster.areas.queries import clusters_of, villages_by_cluster, villages_of
from broadcaster.areas.tables import Station
from broadcaster.emergency.cadence import DRILLED_FOR, REPEATED_FOR
from broadcaster.emergency.ending import Ending, clusters_of_emergency
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.log import Act, events_of
from broadcaster.emergency.tables import Emergency
from broadcaster.emergency.words import message_script

CLUSTER_CODE = "loa:cluster"
"""The list of codes that our clusters' ids are of."""

_CATEGORIES: dict[str, tuple[Category, ...]] = {
    "storm": (Category.MET,),
    "flood": (Category.MET,),
    "flash_flood": (Category.MET, Category.GEO),
    "landslide": (Category.GEO,),
    "dam_release": (Category.INFRA,),
    "fire": (Category.FIRE,),
    "wildfire": (Category.FIRE,),
    "epidemic": (Category.HEALTH,),
}
_RESPONSES = {
    "storm": ResponseType.SHELTER,
    "flood": ResponseType.EVACUATE,
    "flash_flood": ResponseType.EVACUATE,
    "landslide": ResponseType.EVACUATE,
    "dam_release": ResponseType.EVACUATE,
    "fire": ResponseType.EVACUATE,
    "wildfire": ResponseType.EVACUATE,
    "epidemic": ResponseType.AVOID,
}
_NOTES = {
    Ending.OVER: "Đã hết nguy hiểm.",
    Ending.MISTAKE: "Báo nhầm, đã đính chính.",
    Ending.SILENCE: "Đã dừng phát.",
}


def messages_of(session: Session, emergency: Emergency) -> Sequence[Alert]:
    """All messages of one emergency, the oldest first; the last one is what holds."""
    station = session.get_one(Station, emergency.station_id)
    zone = ZoneInfo(station.zone)
    areas = _areas(session, emergency)
    lasts = DRILLED_FOR if emergency.drill else REPEATED_FOR
    steps: list[tuple[MsgType, datetime, datetime | None]] = [
        (MsgType.ALERT, emergency.raised_at, emergency.raised_at + lasts)
    ]
    steps += [
        (MsgType.UPDATE, event.at, event.at + lasts)
        for event in events_of(session, emergency.id)
        if event.what == Act.PROLONGED
    ]
    if emergency.ended_at is not None:
        steps.append((MsgType.CANCEL, emergency.ended_at, None))
    messages: list[Alert] = []
    for number, (msg_type, at, until) in enumerate(steps):
        messages.append(
            _message(
                emergency, station, areas, msg_type=msg_type, number=number,
                sent=_local(at, zone), expires=_local(until, zone) if until else None,
                references=tuple(each.identity for each in messages),
            )
        )  # fmt: skip
    return messages


def _message(
    emergency: Emergency,
    station: Station,
    areas: tuple[Area, ...],
    *,
    msg_type: MsgType,
    number: int,
    sent: datetime,
    expires: datetime | None,
    references: tuple[Reference, ...],
) -> Alert:
    ends = msg_type == MsgType.CANCEL
    hazard = HAZARDS[emergency.hazard]
    is_drill = emergency.drill or station.rehearsal
    said = emergency.final_words if ends else emergency.words
    called = f"Diễn tập: {hazard.name}" if is_drill else f"Khẩn cấp: {hazard.name}"
    info = Info(
        language="vi-VN",
        categories=_CATEGORIES.get(emergency.hazard, (Category.OTHER,)),
        event=hazard.name,
        responses=(ResponseType.ALL_CLEAR,)
        if ends
        else ((_RESPONSES[emergency.hazard],) if emergency.hazard in _RESPONSES else ()),
        urgency=Urgency.PAST if ends else Urgency.IMMEDIATE,
        severity=Severity.UNKNOWN,
        certainty=Certainty.UNKNOWN,
        event_codes=(Named("loa:hazard", emergency.hazard),),
        effective=sent,
        expires=expires,
        sender_name=f"UBND {station.commune}, {station.province}",
        headline=called,
        description=message_script(said, drill=emergency.drill) if said else "",
        areas=areas,
    )
    return Alert(
        identifier=f"{emergency.id}.{number}",
        sender=f"loa.{station.id}",
        sent=sent,
        status=Status.EXERCISE if is_drill else Status.ACTUAL,
        msg_type=msg_type,
        scope=Scope.PUBLIC,
        note=_NOTES.get(Ending(emergency.ending), "") if ends else "",
        references=references,
        infos=(info,),
    )


def _areas(session: Session, emergency: Emergency) -> tuple[Area, ...]:
    """One area for each cluster that was warned, with its villages by name."""
    there = villages_by_cluster(villages_of(session, emergency.station_id))
    names = {each.id: each.name for each in clusters_of(session, emergency.station_id)}
    return tuple(
        Area(
            description=_described(
                names.get(each, each), [village.name for village in there.get(each, ())]
            ),
            geocodes=(Named(CLUSTER_CODE, each),),
        )
        for each in clusters_of_emergency(session, emergency.id)
    )


def _described(cluster: str, villages: Sequence[str]) -> str:
    return f"{cluster}: {', '.join(villages)}" if villages else cluster


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """In whole seconds, which is all that CAP writes."""
    return at.replace(microsecond=0).astimezone(zone)
