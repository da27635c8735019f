"""The second factor before a microphone: what is said there nobody hears beforehand.

It is the one that stands before an emergency, once in a shift. A rehearsal station sounds no real
loudspeaker and never asks.
"""

from broadcaster.accounts.step_up import is_step_up_needed, step_up
from broadcaster.accounts.viewer import Viewer
from broadcaster.live.errors import NoPermit
from broadcaster.live.permits import permit_of
from broadcaster.live.talks import BEGIN_WITHIN
from broadcaster.web.context import Context


def is_speaker_asked(station: Context, viewer: Viewer) -> bool:
    """Whether this session would be asked for a code before it gets a microphone."""
    return is_step_up_needed(station, viewer, harmless=True)


def prove_speaker(station: Context, viewer: Viewer, *, code: str, token: str) -> None:
    """Take the code of somebody with a permit, where one is needed; others are told that first.

    Raises NoPermit, SecondFactorNeeded, -Missing, -Refused or -Locked.
    """
    with station.database.reading() as session:
        permit = permit_of(
            session, viewer.account_id, station_id=station.station_id, now=station.now()
        )
    if permit is None:
        raise NoPermit
    step_up(station, viewer, harmless=True, code=code, token=token)


def may_open(station: Context, viewer: Viewer) -> bool:
    """Whether this session may open the microphone that its person asked for.

    It must have proven it itself: another one of the same person asked for nothing. What was
    proven at the end of a shift serves as long as the microphone may be opened.
    """
    within = station.settings.shift + BEGIN_WITHIN
    return station.rehearsal or viewer.is_proven(now=station.now(), within=within)
