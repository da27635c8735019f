"""The second factor before an order, before it goes on for another day, and before last words.

It is asked for once in a shift. A drill in rehearsal sounds no real loudspeaker and never asks.
Whoever ends an emergency in silence or with the words that are offered is never asked either:
silence and a correction must not wait for a telephone. Other words are an order: poles say them, by
night too.
"""

from sqlmodel import Session

from broadcaster.accounts.step_up import is_step_up_needed, step_up
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.emergency.ending import find_emergency, says_own_words
from broadcaster.web.context import Context


def is_proof_needed(station: Context, viewer: Viewer, *, drill: bool) -> bool:
    """Whether this order would ask its giver for a code."""
    return is_step_up_needed(station, viewer, harmless=drill)


def prove_giver(station: Context, viewer: Viewer, *, drill: bool, code: str, token: str) -> None:
    """Take the code where one is needed; it serves for the rest of the shift.

    Raises SecondFactorNeeded, -Missing, -Refused or -Locked; each stands at the field `code`.
    """
    step_up(station, viewer, harmless=drill, code=code, token=token)


def prove_last_words(
    station: Context,
    viewer: Viewer,
    emergency_id: str,
    *,
    ending: str,
    words: str,
    code: str,
    token: str,
) -> None:
    """Take the code where somebody's own words would end an emergency, and one is needed.

    Raises UnknownEmergency, TextUnusable, and what `prove_giver` raises.
    """
    with station.database.reading() as session:
        drill, is_own = _last_words(session, station, emergency_id, ending=ending, words=words)
    if is_own:
        prove_giver(station, viewer, drill=drill, code=code, token=token)


def prove_prolonging(station: Context, viewer: Viewer, emergency_id: str, *, token: str) -> None:
    """Let nobody prolong an emergency in a session that proved nothing in its shift.

    Raises UnknownEmergency, SecondFactorNeeded or -Missing: the code is typed where codes are.
    """
    with station.database.reading() as session:
        drill = find_emergency(session, emergency_id, station_id=station.station_id).drill
    prove_giver(station, viewer, drill=drill, code="", token=token)


def _last_words(
    session: Session, station: Context, emergency_id: str, *, ending: str, words: str
) -> tuple[bool, bool]:
    """Whether it is a drill, and whether these words are somebody's own."""
    emergency = find_emergency(session, emergency_id, station_id=station.station_id)
    commune = session.get_one(Station, station.station_id).commune
    is_own = says_own_words(ending, words, hazard=emergency.hazard, commune=commune)
    return emergency.drill, is_own
