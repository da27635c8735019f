"""An emergency as devices get it: the orders of a cluster at an instant, and its stops.

Derived from what was stored, like every plan: what is no longer said is not in it. That cancels
what has not begun; what sounds at this moment stays until it is heard out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec import UNSET
from sqlmodel import Session, col, func, select

from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.emergency.cadence import Cadence, Said, times_of_alarm, times_of_message
from broadcaster.emergency.hazards import DRILL, HAZARDS
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.sounds import rendered
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyOrder,
    EmergencyPart,
    EmergencySound,
    StoredWarning,
)
from broadcaster.schedule.air_rules import station_quiet_hours
from broadcaster.schedule.quiet_hours import QuietHours
from devices.protocol.messages import Item, Order, Stop
from devices.protocol.orders import Priority, QuietHoursOverride, Tone, ToneKind

TONE_MS = 6_000
TONE_BEHIND_ALARM_MS = 4_000
REPEATS_LIMIT = 1_000
"""Devices take no higher number; it is two weeks of the quickest cadence."""

HEARD_OUT_WITHIN = timedelta(seconds=5)
"""What begins late is still heard out: so long an order stays beyond its sound's end."""

_LOOKED_BACK = timedelta(days=30)
_NAMES = {
    PartKind.ALARM: "báo động",
    PartKind.MESSAGE: "nội dung",
    PartKind.FINAL: "kết thúc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrder:
    """One part of an emergency as one cluster gets it, with all that its orders are made of."""

    order_id: str
    emergency: Emergency
    part: EmergencyPart
    sound: EmergencySound
    replay: EmergencySound | None
    behind_alarm: bool
    times: Sequence[Said]

    @property
    def title(self) -> str:
        """What people read of it on a display or in a list."""
        kind = "Diễn tập" if self.emergency.drill else "Khẩn cấp"
        name = HAZARDS[self.emergency.hazard].name
        return f"{kind}: {name} ({_NAMES[PartKind(self.part.kind)]})"

    @property
    def tone_ms(self) -> int:
        """How long the tone before it lasts."""
        return TONE_BEHIND_ALARM_MS if self.behind_alarm else TONE_MS

    def sound_of(self, said: Said) -> EmergencySound:
        """What is heard at this time: a repeat of a message says first when it was issued."""
        return self.replay if said.repeat and self.replay else self.sound

    def order(self, said: Said) -> Order:
        """The order for one time that it is said."""
        emergency, sound = self.emergency, self.sound_of(said)
        kind = ToneKind.DRILL if emergency.drill else ToneKind.ATTENTION
        return Order(
            id=self.order_id,
            repeat=said.repeat,
            broadcast=self.part.id,
            priority=Priority.EMERGENCY,
            starts_at_ms=to_ms(said.starts_at),
            not_after_ms=to_ms(said.not_after),
            items=(
                Item(
                    sha256=sound.audio_sha256,
                    size_bytes=sound.audio_size_bytes,
                    duration_ms=sound.duration_ms,
                    title=self.title,
                ),
            ),
            title=self.title,
            override=None if emergency.drill else _override(emergency),
            tone=Tone(duration_ms=self.tone_ms, kind=kind),
            hazard=DRILL if emergency.drill else emergency.hazard,
            drill=True if emergency.drill else UNSET,
        )

    def orders(self, *, until: datetime) -> Sequence[Order]:
        """The orders that begin before `until`."""
        return [self.order(said) for said in self.times if said.starts_at <= until]


def standing_orders(session: Session, cluster_id: str, *, now: datetime) -> list[StandingOrder]:
    """What is to be said in a cluster of every emergency that lasts, and of what has just ended."""
    rows = session.exec(
        select(EmergencyOrder.id, EmergencyPart, Emergency)
        .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
        .join(Emergency, col(Emergency.id) == col(EmergencyPart.emergency_id))
        .where(
            EmergencyOrder.cluster_id == cluster_id,
            col(EmergencyPart.starts_at).is_not(None),
            col(Emergency.repeats_until) > now - _LOOKED_BACK,
        )
        .order_by(col(EmergencyPart.starts_at), col(EmergencyPart.kind), col(EmergencyOrder.id))
    ).all()
    sounds = rendered(
        session,
        [
            digest
            for _, part, _ in rows
            for digest in (part.script_sha256, part.replay_sha256)
            if digest
        ],
    )
    started = {(part.emergency_id, part.kind): part.starts_at for _, part, _ in rows}
    found = [
        StandingOrder(
            order_id=order_id,
            emergency=emergency,
            part=part,
            sound=sounds[part.script_sha256],
            replay=sounds.get(part.replay_sha256 or ""),
            behind_alarm=part.kind != PartKind.ALARM and (emergency.id, PartKind.ALARM) in started,
            times=(),
        )
        for order_id, part, emergency in rows
    ]
    return [
        timed for each in found if (timed := _timed(session, each, started=started, now=now)).times
    ]


def emergency_stops(session: Session, cluster_id: str, *, since: datetime) -> tuple[Stop, ...]:
    """The stops that a cluster's plan has to say of emergencies silenced after `since`."""
    rows = session.exec(
        select(EmergencyOrder.id, Emergency.silenced_at)
        .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
        .join(Emergency, col(Emergency.id) == col(EmergencyPart.emergency_id))
        .where(
            EmergencyOrder.cluster_id == cluster_id,
            EmergencyPart.kind != PartKind.FINAL,
            col(EmergencyPart.starts_at).is_not(None),
            col(Emergency.silenced_at) > since,
        )
        .order_by(col(Emergency.silenced_at), col(EmergencyOrder.id))
    ).all()
    return tuple(
        Stop(order=order_id, at_ms=to_ms(silenced_at))
        for order_id, silenced_at in rows
        if silenced_at is not None
    )


def emergency_inputs(session: Session) -> tuple[object, ...]:
    """A fingerprint of all that orders and stored warnings depend on beside the clock."""
    counted = (
        (Emergency, Emergency.raised_at),
        (Emergency, Emergency.ended_at),
        (Emergency, Emergency.repeats_until),
        (EmergencyPart, EmergencyPart.starts_at),
        (EmergencySound, EmergencySound.rendered_at),
        (StoredWarning, StoredWarning.approved_at),
        (StoredWarning, StoredWarning.retired_at),
    )
    return tuple(
        tuple(
            session.exec(
                select(func.count(col(column)), func.max(col(column))).select_from(table)
            ).one()
        )
        for table, column in counted
    )


def _timed(
    session: Session,
    each: StandingOrder,
    *,
    started: Mapping[tuple[str, str], datetime | None],
    now: datetime,
) -> StandingOrder:
    quiet = station_quiet_hours(session.get_one(Station, each.emergency.station_id))
    message_at = started.get((each.emergency.id, PartKind.MESSAGE))
    return replace(each, times=tuple(_times(each, message_at=message_at, quiet=quiet, now=now)))


def _times(
    each: StandingOrder, *, message_at: datetime | None, quiet: QuietHours, now: datetime
) -> Iterator[Said]:
    """When it is said, as far as that still stands."""
    closed_at = _closed_at(each, message_at=message_at)
    for said in _planned_times(each):
        if said.not_after <= now or said.repeat > REPEATS_LIMIT:
            continue
        length = timedelta(milliseconds=each.tone_ms + each.sound_of(said).duration_ms)
        if closed_at is not None and (
            said.starts_at > closed_at or now >= said.starts_at + length + HEARD_OUT_WITHIN
        ):
            continue
        if said.repeat and each.emergency.drill and quiet.touched_by(said.starts_at, length):
            continue
        if said.repeat and each.part.kind == PartKind.MESSAGE and each.replay is None:
            continue
        yield said


def _planned_times(each: StandingOrder) -> Sequence[Said]:
    emergency, starts_at = each.emergency, each.part.starts_at
    if starts_at is None:
        return ()
    until, cadence = emergency.repeats_until, Cadence(emergency.cadence)
    match each.part.kind:
        case PartKind.ALARM:
            length = timedelta(milliseconds=each.tone_ms + each.sound.duration_ms)
            return times_of_alarm(starts_at, length, cadence, until=until)
        case PartKind.MESSAGE:
            return times_of_message(starts_at, cadence, until=until)
        case _:
            return times_of_message(starts_at, Cadence.ONCE, until=until)


def _closed_at(each: StandingOrder, *, message_at: datetime | None) -> datetime | None:
    """From when on nothing of it begins: an alarm's with the message, others at the end."""
    if each.part.kind == PartKind.FINAL:
        return None
    ended_at = each.emergency.ended_at
    if each.part.kind == PartKind.ALARM and message_at is not None:
        return min(message_at, ended_at) if ended_at else message_at
    return ended_at


def _override(emergency: Emergency) -> QuietHoursOverride:
    """Danger knows no quiet hours, but a named person answers for the night."""
    return QuietHoursOverride(
        person=emergency.giver_name[:300],
        reason=f"Khẩn cấp: {HAZARDS[emergency.hazard].name}",
    )
