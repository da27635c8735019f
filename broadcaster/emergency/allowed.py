"""Whether an emergency may be signed: on another's word for its giver, and in the giver's words.

It is looked at again at each signing, from the rows themselves: a row that was changed behind the
desk's back reaches no pole.
"""

from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.texts import sha256_of
from broadcaster.emergency.authorising import covers
from broadcaster.emergency.hazards import DRILL
from broadcaster.emergency.orders import StandingOrder
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyAuthorisation,
    EmergencySound,
    StoredWarning,
)
from broadcaster.emergency.words import alarm_script, message_script, replay_script


def stands_on_anothers_word(session: Session, each: StandingOrder) -> bool:
    """Whether a leader had authorised whoever gave this order, when they gave it."""
    emergency = each.emergency
    if each.part.kind == PartKind.FINAL:
        authorisation_id, giver = emergency.final_authorisation_id, emergency.ended_by
        at = emergency.ended_at
    else:
        authorisation_id, giver = emergency.authorisation_id, emergency.given_by
        at = emergency.raised_at
    if authorisation_id is None or giver is None or at is None:
        return False
    return covers(session.get(EmergencyAuthorisation, authorisation_id), giver=giver, at=at)


def is_in_the_givers_words(session: Session, each: StandingOrder) -> bool:
    """Whether its sounds are of the words that were given, or for an alarm of approved ones."""
    if not _is_of(each.sound, each.part.script_sha256):
        return False
    return each.sound.script in _scripts(session, each) and _is_the_same_again(session, each)


def _scripts(session: Session, each: StandingOrder) -> set[str]:
    emergency = each.emergency
    match each.part.kind:
        case PartKind.ALARM:
            own = alarm_script(emergency.hazard, drill=emergency.drill)
            return {own, *_approved_warnings(session, emergency)}
        case PartKind.MESSAGE:
            return {message_script(emergency.words, drill=emergency.drill)}
        case _:
            return {message_script(emergency.final_words, drill=emergency.drill)}


def _is_the_same_again(session: Session, each: StandingOrder) -> bool:
    if each.replay is None:
        return True
    emergency = each.emergency
    zone = ZoneInfo(session.get_one(Station, emergency.station_id).zone)
    issued = emergency.raised_at.astimezone(zone)
    said = replay_script(emergency.words, drill=emergency.drill, issued=issued)
    return each.replay.script == said and _is_of(each.replay, each.part.replay_sha256)


def _is_of(sound: EmergencySound, digest: str | None) -> bool:
    return sha256_of(sound.script) == sound.script_sha256 == digest


def _approved_warnings(session: Session, emergency: Emergency) -> set[str]:
    """The words of warnings that a second person approved before it was raised, in force or not."""
    key = DRILL if emergency.drill else emergency.hazard
    return set(
        session.exec(
            select(StoredWarning.words).where(
                StoredWarning.station_id == emergency.station_id,
                StoredWarning.hazard == key,
                col(StoredWarning.approved_by) != col(StoredWarning.written_by),
                col(StoredWarning.approved_at) <= emergency.raised_at,
            )
        ).all()
    )
