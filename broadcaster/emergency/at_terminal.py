"""Emergencies from a terminal of the station's machine: the same acts, under the same rights.

Whoever sits at the machine proves who they are by their password, and before an order by their
second factor, as on the pages; a leader must have named them beforehand; and a word is typed, or a
script says `--yes` and why. Beside the act's own entry the trail says that it came from there.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from broadcaster.accounts.at_the_machine import SecondStep, proven_at_the_machine
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.texts import as_kept
from broadcaster.database import Database
from broadcaster.emergency.authorising import held_authorisation
from broadcaster.emergency.ending import end_emergency, find_emergency, running
from broadcaster.emergency.errors import (
    NOTE_LIMIT_CHARACTERS,
    NoPlaceChosen,
    NotAuthorised,
    NotConfirmed,
    ReasonMissing,
    UnknownEmergency,
    UnknownHazard,
    WhichEmergency,
)
from broadcaster.emergency.forms import CONFIRMED_BY, DRILL, REAL, EmergencyForm, plain
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.raising import Wish, raise_emergency
from broadcaster.emergency.tables import Emergency
from broadcaster.schedule.choices import ClusterChoice

TYPED, YES = "typed", "yes"


@dataclass(frozen=True, slots=True)
class Meant:
    """How somebody made sure that it is meant: by a typed word, or by `--yes` with a reason."""

    by: str
    reason: str = ""


def proven(
    database: Database,
    *,
    username: str,
    password: str,
    now: datetime,
    second_step: SecondStep | None = None,
) -> Viewer:
    """Who this is, if they may order emergencies at all.

    Raises what `sign_in` raises, with a lock-out of its own; NotAuthorised without the right.
    """
    viewer = proven_at_the_machine(
        database, username=username, password=password, now=now, second_step=second_step
    )
    if not viewer.may(Right.RAISE_EMERGENCIES):
        raise NotAuthorised
    return viewer


def wish_of(
    form: EmergencyForm, *, choices: Sequence[ClusterChoice], commune: str
) -> tuple[Wish, Sequence[ClusterChoice]]:
    """What is wanted and where that is; raise a BadInput that says what could be chosen."""
    try:
        wish = form.wish(all_clusters=[each.cluster_id for each in choices], commune=commune)
    except NoPlaceChosen:
        offered = "; ".join(f"{each.cluster_id}: {each.name}" for each in choices)
        raise NoPlaceChosen(offered, field="clusters") from None
    except UnknownHazard:
        offered = "; ".join(f"{key}: {hazard.name}" for key, hazard in HAZARDS.items())
        raise UnknownHazard(offered, field="hazard") from None
    return wish, [each for each in choices if each.cluster_id in wish.cluster_ids]


def word_for(*, drill: bool) -> str:
    """What is typed to confirm."""
    return CONFIRMED_BY[DRILL if drill else REAL]


def meant_by_word(typed: str, *, drill: bool) -> Meant:
    """That the word was typed, with or without its marks; raise NotConfirmed."""
    if plain(typed) != plain(word_for(drill=drill)):
        raise NotConfirmed(field="typed")
    return Meant(TYPED)


def meant_because(reason: str) -> Meant:
    """That `--yes` was given, and why; raise ReasonMissing."""
    kept = as_kept(reason, field="reason").strip()[:NOTE_LIMIT_CHARACTERS]
    if not kept:
        raise ReasonMissing(field="reason")
    return Meant(YES, kept)


def order_at_terminal(
    session: Session, wish: Wish, *, meant: Meant, station: Station, by: str, now: datetime
) -> Emergency:
    """Order it, and write down from where; raise what `raise_emergency` raises."""
    emergency = raise_emergency(
        session,
        wish,
        request_key=f"terminal-{secrets.token_urlsafe(16)}",
        station=station,
        by=by,
        now=now,
    )
    _record(session, emergency, did="ordered", meant=meant, by=by, now=now)
    return emergency


def end_at_terminal(
    session: Session,
    emergency_id: str,
    *,
    ending: str,
    words: str,
    meant: Meant,
    station_id: str,
    by: Viewer,
    now: datetime,
) -> Emergency:
    """End it, and write down from where; raise what `end_emergency` raises."""
    emergency = end_emergency(
        session,
        emergency_id,
        ending=ending,
        words=words,
        station_id=station_id,
        by=by.account_id,
        oversees=by.may(Right.OVERSEE_EMERGENCIES),
        now=now,
    )
    _record(session, emergency, did="ended", meant=meant, by=by.account_id, now=now)
    return emergency


def the_one(session: Session, emergency_id: str, *, station_id: str) -> Emergency:
    """The emergency that is named, or the only one that lasts.

    Raises UnknownEmergency, or WhichEmergency where several last.
    """
    if emergency_id:
        return find_emergency(session, emergency_id, station_id=station_id)
    lasting = running(session, station_id=station_id)
    if not lasting:
        raise UnknownEmergency
    if len(lasting) > 1:
        raise WhichEmergency(", ".join(each.id for each in lasting), field="emergency_id")
    return lasting[0]


def check_authorised(session: Session, viewer: Viewer, *, station_id: str) -> None:
    """Raise NotAuthorised before anybody is asked for a word in vain."""
    held_authorisation(session, viewer.account_id, station_id=station_id)


def _record(
    session: Session, emergency: Emergency, *, did: str, meant: Meant, by: str, now: datetime
) -> None:
    record(
        session,
        Act.EMERGENCY_FROM_TERMINAL,
        by=by,
        about=emergency.id,
        at=now,
        details={"did": did, "confirmed": meant.by},
        private={"reason": meant.reason},
    )
